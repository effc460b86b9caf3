import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RouteKey, routes } from "@quillon/contract";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimBlobs } from "../actions/claim-blobs.ts";
import { diskBlobs } from "../blobs/disk.ts";
import type { Db } from "../db/open.ts";
import { buildApp } from "../http/app.ts";
import { FACTS, KEEPING_STACKS } from "../testing/app.ts";
import { allEngines, type Engine, engines, type TestDatabase } from "../testing/database.ts";
import { plainRequest } from "../testing/fuzz/requests.ts";
import { World } from "../testing/fuzz/world.ts";
import { requirePack } from "../testing/group.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack } from "../testing/stack.ts";
import { writeArchive } from "./archive.ts";
import { type Dumped, dump, inSnapshot } from "./dump.ts";
import { fill } from "./restore.ts";
import { listTables } from "./tables.ts";
import { verify } from "./verify.ts";

/** All rows of all tables, as text, by table. */
async function contents(db: Db): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  await inSnapshot(db, async (tx) => {
    for (const { name } of await listTables(tx)) {
      const { rows } = await sql<{ row: string }>`select r::text as row from ${sql.table(name)} r`.execute(tx);
      // Not by the database, because each has its own order.
      all[name] = rows.map(({ row }) => row).sort();
    }
  });
  return all;
}

function write(db: Db, blobs: string, file: string): Promise<Dumped> {
  const from = { blobs: diskBlobs(blobs), version: "0.0.0-test" };
  return inSnapshot(db, (tx) => writeArchive(file, (archive) => dump(tx, from, archive)));
}

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "quillon-backup-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function fresh(engine: Engine): Promise<TestDatabase> {
  const database = await engine.fresh();
  ends.push(() => database.close());
  return database;
}

/** Onto the other one, if there is one. */
const pairs = engines.map((from) => ({ from, onto: allEngines.find((other) => other !== from) ?? from }));

describe.each(pairs)("a backup of $from.name", ({ from, onto }) => {
  let world: World;
  let file: string;
  beforeAll(async () => {
    world = await World.on(from);
    ends.push(() => world.t.close());
    await fillTheRest(world);
    file = join(await freshFolder(), "quillon.backup");
    const { missing } = await write(world.t.db, world.t.folder, file);
    expect(missing).toEqual([]);
  });

  test(`has the same rows, counters and blobs on ${onto.name}, and gives the same answers`, async () => {
    const { db } = await fresh(onto);
    const folder = await freshFolder();
    const before = await contents(world.t.db);
    expect(Object.keys(before).filter((table) => before[table]?.length === 0)).toEqual([]);
    await fill(db, folder, file, await verify(file));
    const { instance, ...after } = await contents(db);
    expect({ ...after, instance: before.instance }).toEqual(before);
    // It belongs to no folder yet.
    await claimBlobs({ db, blobs: diskBlobs(folder) });
    const restored = await openCopy(world, db, folder);
    for (const key of asked) {
      const request = requestTo(world, key);
      const [one, other] = [await world.t.app.inject(request), await restored.inject(request)];
      expect([key, other.statusCode, timeless(other.body)]).toEqual([key, one.statusCode, timeless(one.body)]);
    }
  });
});

/** Without what depends on when something was asked. */
const timeless = (body: string) => body.replace(/("lastUsed":|expires=|signature=)[\w-]+/g, "$1");

/** The first has sizes of files, and the second goes on for ever. */
const NOT_ASKED: RouteKey[] = [
  "GET /api/quillon/server",
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/changes",
];
const asked = (Object.keys(routes) as RouteKey[]).filter((key) => key.startsWith("GET ") && !NOT_ASKED.includes(key));

/** Another server, with the same keys, on what was restored. */
async function openCopy({ t }: World, db: Db, folder: string) {
  const { keys, sender, metrics, workers } = t;
  const limits = { json: 1e6, pack: 1e8, state: 1e8, secret: 1e8, archive: 1e8, entries: 1e5, requests: 1e9 };
  const base = {
    db,
    blobs: diskBlobs(folder),
    keys,
    sender,
    metrics,
    workers,
    limits,
    server: { ...FACTS, ...KEEPING_STACKS },
  };
  const app = buildApp(base, { logLevel: "silent", trustProxy: ["loopback"], proxyUserHeader: "x-forwarded-user" });
  ends.push(() => app.close());
  return app;
}

function requestTo(world: World, key: RouteKey) {
  const { params, query, by } = plainRequest(key);
  const path = key.slice(4).replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(world.fill(params[name] ?? "")));
  const asked = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, world.fill(String(value))]),
  );
  return { method: "GET" as const, url: `${path}?${asked}`, headers: world.headersOf(by) };
}

/** Makes what the world does not have, so that each table has a row. */
async function fillTheRest({ t }: World): Promise<void> {
  const policies = ["length", "prefix"].map((name) => ({
    ...{ name, description: "d", enforcementLevel: "advisory", message: "m" },
  }));
  await requirePack(t, "pets", policies);
  const stack = await newStack(t);
  await policyRun(stack, { lines: ["rex !length prefix", "rover ^length"] });
  await policyRun(stack, { lines: ["rex !prefix"], dryRun: true });
  await t.send(`POST ${stack.path}/import`, largeState(stack.name));
  const gone = await newStack(t);
  await policyRun(gone, { lines: ["rex !length"] });
  await t.send(`DELETE ${gone.path}?force=true`);
  await t.upkeep();
  await sql`
    with org as (select id from organizations where name = 'acme'), groups as (select id from policy_groups where name = 'group'),
      a as (insert into finding_rules (organization_id, high_days) select id, 7 from org),
      b as (insert into policy_group_reads select groups.id, users.id, 9007199254740993, now() from groups, users where login = 'bob'),
      c as (insert into policy_group_accounts select id, 'x' from groups),
      d as (insert into receipt_rules select id, false from org on conflict do nothing),
      e as (insert into reconciliations (organization_id, packs, after) select id, '{a,null}', id from org),
      f as (insert into removed_updates values (gen_random_uuid())),
      g as (insert into run_counts select id, '[]' from updates limit 1),
      h as (insert into state_changes (update_id, sequence, body) select update_id, 1, 'x' from checkpoints limit 1),
      i as (insert into turns values ('t', gen_random_uuid(), 'infinity')),
      j as (insert into bundled_packages (version_id, name, version) select id, 'n', '1' from policy_pack_versions limit 1),
      k as (insert into deleted_stacks (id, organization_id, project, name, tags, data_key, version, lease_epoch, created_at)
        select gen_random_uuid(), id, 'web', 'gone', '{}', '', 1, 1, now() from org),
      l as (insert into stack_checks select id, now(), null, '{"packs": []}' from stacks where name = 'busy')
    insert into receipt_lifts select id, now() from stacks where name = 'busy'`.execute(t.db);
}

function largeState(name: string): object {
  const text = randomBytes(600_000).toString("base64");
  const resources = [{ urn: `urn:pulumi:${name}::web::a:b:C::n`, type: "a:b:C", inputs: { text } }];
  return { version: 3, deployment: { manifest: { time: "", magic: "", version: "" }, resources } };
}

const text = fc.string({ unit: "binary" }).map((any) => any.replaceAll("\0", ""));
const big = (bits: bigint) => fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }).map(String);

/** Values that are hard to keep as they are, by the types that columns have. */
const odd: Record<string, fc.Arbitrary<unknown>> = {
  bytea: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  "timestamp with time zone": fc.oneof(
    fc.constantFrom("infinity", "-infinity", "0044-03-15 12:00:00.000001+00 BC", "294276-12-31 23:59:59.999999+00"),
    fc.integer({ min: 0, max: 999_999 }).map((micro) => `2026-03-29 02:30:00.${String(micro).padStart(6, "0")}+00`),
  ),
  date: fc.constantFrom("infinity", "2024-02-29", "0001-01-01", "0044-03-15 BC"),
  smallint: big(16n),
  integer: big(32n),
  bigint: big(64n),
  text,
  json: fc.constantFrom('{ "a":1e400, "a" : 2.50 }', '"\\u003c"', "[1,\n 12345678901234567890.1234567890]"),
  jsonb: fc.constantFrom('{"a": 12345678901234567890.1234567890}', "null", '"\\n\\\\"'),
  "text[]": fc.array(fc.oneof(text, fc.constantFrom(null, "", "NULL", '"', "\\", "{}", "a,b"))),
  uuid: fc.uuid(),
  "uuid[]": fc.array(fc.uuid()),
  boolean: fc.boolean(),
};
const types = Object.keys(odd);
const oddRows = fc.array(fc.tuple(...Object.values(odd).map((any) => fc.option(any))), {
  minLength: 60,
  maxLength: 60,
});

test.each(pairs)("odd values in $from.name are the same in $onto.name", async ({ from, onto }) => {
  const [source, target] = [await fresh(from), await fresh(onto)];
  const columns = types.map((type, index) => `c${index} ${type}`).join(", ");
  for (const { db } of [source, target]) await sql.raw(`create table odd_values (${columns})`).execute(db);
  await sql`insert into instance (master_key_fingerprint) values ('key')`.execute(source.db);
  const used = (await listTables(source.db)).flatMap((table) => table.columns.map(({ type }) => type));
  expect([...new Set(used)].filter((type) => !types.includes(type))).toEqual([]);
  const folder = await freshFolder();
  const run = async (rows: unknown[][]) => {
    const values = rows.map(
      (row) => sql`(${sql.join(row.map((value, at) => sql`${value}::${sql.raw(types[at] ?? "")}`))})`,
    );
    await sql`insert into odd_values values ${sql.join(values)}`.execute(source.db);
    const file = join(folder, randomUUID());
    await write(source.db, folder, file);
    await fill(target.db, join(folder, "blobs"), file, await verify(file));
    expect((await contents(target.db)).odd_values).toEqual((await contents(source.db)).odd_values);
  };
  await fc.assert(fc.asyncProperty(oddRows, run), { numRuns: 1, endOnFailure: true });
});
