// What create-update takes to settle which policy packs a stack must run, with 10, 1,000 and 100,000 stacks beside it and 1,
// 20 and 200 policy groups with selectors. The peer of each is the same question among 10 stacks, asked in turn.
// Run: npm run bench -- required-policies   (PostgreSQL where it is installed, and the embedded database)
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { findPostgres, startPostgres } from "../tools/postgres.mjs";
import { line, pairs, spread } from "./ratios.mjs";

const root = new URL("..", import.meta.url).pathname;
const STACKS = [10, 1_000, 100_000];
const GROUPS = [1, 20, 200];
const PACKS = 20;
const count = Number(process.env.ROUNDS ?? 200);

const { openDatabase, migrate, deriveKeys, requiredPolicies, sql } = await bundle();
const keys = deriveKeys(randomBytes(32));
const folder = await mkdtemp(join(tmpdir(), "quillon-bench-"));
const programs = findPostgres();
const postgres = programs && (await startPostgres(programs));
const engines = { "embedded database": (size) => ({ folder: join(folder, String(size)) }) };
if (postgres) {
  engines.PostgreSQL = (size) => ({ databaseUrl: postgres.url.replace(/postgres$/, `stacks_${size}`) });
  const admin = await openDatabase({ databaseUrl: postgres.url });
  for (const size of STACKS) await sql.raw(`create database stacks_${size}`).execute(admin.db);
  await admin.close();
}

try {
  for (const [engine, where] of Object.entries(engines)) {
    console.log(engine);
    await compare(where);
  }
} finally {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Opens one database for each number of stacks, and asks them in turn. */
async function compare(where) {
  const opened = [];
  for (const size of STACKS) {
    const at = where(size);
    if (at.folder) await mkdir(at.folder);
    const database = await openDatabase(at);
    await migrate(database.db);
    opened.push({ ...database, asks: await seed(database.db, size) });
  }
  for (const [index, groups] of GROUPS.entries()) {
    for (const size of [1, 2]) {
      const [small, large] = [opened[0].asks[index], opened[size].asks[index]];
      const figures = await pairs(
        () => time(large),
        () => time(small),
        { count, warmup: 20 },
      );
      const [a, b] = [figures.map((pair) => pair.a), figures.map((pair) => pair.b)];
      const title = `${groups} groups, ${STACKS[size].toLocaleString("en")} stacks`;
      console.log(line(title, a, "ms", 2));
      console.log(line(`${groups} groups, 10 stacks`, b, "ms", 2));
      const ratio = (at) => (spread(a)[at] / spread(b)[at]).toFixed(2);
      console.log(`${"ratio of medians, of p90s".padEnd(34)} ${ratio("median").padStart(8)} ×    ${ratio("p90")} ×`);
    }
  }
  for (const { close } of opened) await close();
}

async function time(ask) {
  const started = performance.now();
  await ask();
  return performance.now() - started;
}

/** An organization for each number of groups, each with `size` stacks. @returns a question about one stack of each. */
async function seed(db, size) {
  const asks = [];
  for (const groups of GROUPS) {
    const name = `org${groups}`;
    const run = (text) =>
      sql.raw(text.replaceAll("$org", `(select id from organizations where name = '${name}')`)).execute(db);
    await run(`insert into organizations (name) values ('${name}')`);
    await run(`insert into stacks (organization_id, project, name, tags, data_key)
      select $org, 'project-' || n % 100, 'stack-' || n, json_build_object('env', 'env-' || n % 7, 'pulumi:project', 'x'), ''
      from generate_series(1, ${size}) n`);
    await run(
      `insert into policy_packs (organization_id, name) select $org, 'pack-' || n from generate_series(1, ${PACKS}) n`,
    );
    await run(`insert into policy_pack_versions
        (pack_id, version, tag, status, metadata, reserved_until, blob, sha256, size)
      select pack.id, n, '1.0.' || n, 'completed', '{"displayName":"d","policies":[]}', now(), 'b', 's', 1
      from policy_packs pack, generate_series(1, 3) n where organization_id = $org`);
    await run(
      `insert into policy_groups (organization_id, name, is_default) values ($org, 'default-policy-group', true)`,
    );
    // Half of them take in the stack that is asked about.
    await run(`insert into policy_groups (organization_id, name, selector)
      select $org, 'group-' || n, json_build_object(
        'all', json_build_array(json_build_object('project', case when n % 2 = 0 then 'project-*' else 'other-*' end)),
        'any', json_build_array(json_build_object('stack', 'stack-*'), json_build_object('tag', 'env', 'value', 'env-3')),
        'except', json_build_array(json_build_object('tag', 'sandbox')))
      from generate_series(1, ${groups}) n`);
    await run(`insert into policy_group_packs (group_id, pack_id, version_id, config, changed)
      select grouped.id, version.pack_id, version.id, '{"all":{"enforcementLevel":"mandatory"}}', 1
      from (select id, row_number() over (order by name) as n from policy_groups where organization_id = $org) grouped
      join (select version.*, row_number() over (order by version.id) as n from policy_pack_versions version
            join policy_packs pack on pack.id = version.pack_id where pack.organization_id = $org) version
        on version.n = grouped.n % ${PACKS * 3} + 1`);
    await sql.raw("analyze").execute(db);
    const { rows } = await run(
      "select id, project, name from stacks where organization_id = $org and name = 'stack-7'",
    );
    const [stack] = rows;
    asks.push(() => requiredPolicies({ db, keys, url: "http://127.0.0.1", stack, org: { id: "", name } }));
    const required = await asks.at(-1)();
    if (required.length === 0) throw new Error("the stack must run nothing: there is nothing to measure");
  }
  return asks;
}

/** The server's own code for this one question, without the rest of it. */
async function bundle() {
  const outfile = join(root, ".cache/bench/required-policies.mjs");
  const contents = ["db/open", "db/migrate", "keys", "groups/index"]
    .map((file) => `export * from "./src/${file}.ts";`)
    .join("\n");
  await build({
    stdin: {
      contents: `${contents}\nexport { sql } from "kysely";`,
      resolveDir: join(root, "packages/server"),
      loader: "ts",
    },
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    outfile,
    external: ["@electric-sql/pglite", "@electric-sql/pglite/*", "pg-native"],
    banner: { js: 'import { createRequire as cr } from "node:module"; const require = cr(import.meta.url);' },
    logLevel: "warning",
  });
  await cp(join(root, "packages/server/src/db/migrations"), join(root, ".cache/bench/migrations"), { recursive: true });
  return import(outfile);
}
