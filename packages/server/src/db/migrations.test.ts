import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { sql } from "kysely";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { diskBlobs } from "../blobs/disk.ts";
import { emptyRemoved } from "../findings/compact.ts";
import { listPage } from "../findings/page-queries.ts";
import { findResourcesOf } from "../findings/resource-queries.ts";
import { listVersionsInUse } from "../groups/pack-queries.ts";
import { putBlob, sweepUpdateBlobs } from "../state/index.ts";
import { emptyPglite, inThisThread } from "../testing/database.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open.ts";

const folder = new URL("./migrations/", import.meta.url);

/** An empty database and the texts of all migrations, those up to `last` applied. */
async function migratedTo(last: string) {
  const database = await emptyPglite();
  const files = (await readdir(folder)).sort();
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(new URL(file, folder), "utf8") })),
  );
  for (const { file, text } of texts) if (file <= last) await database.exec(text);
  const finish = async () => {
    for (const { file, text } of texts) if (file > last) await database.exec(text);
  };
  return { database, finish };
}

test("a user who may not make tables is told what to do", async () => {
  const database = await emptyPglite();
  const { db, destroy } = inThisThread(database);
  await db.connection().execute(async (one) => {
    await sql`set role pg_read_all_data`.execute(one);
    await expect(migrate(one)).rejects.toThrow(
      "may not make or change tables in its database: permission denied for schema public. Give it a database of its own",
    );
  });
  await destroy();
  await database.close();
});

test("organizations that existed before get the group for accounts, and keep their enabled packs", async () => {
  const { database, finish } = await migratedTo("0003_policies.sql");
  await database.exec(`
    insert into organizations (name) values ('old');
    insert into policy_groups (organization_id, name, is_default) select id, 'default-policy-group', true from organizations;
    insert into policy_packs (organization_id, name) select id, 'p' from organizations;
    insert into policy_pack_versions (pack_id, version, status, metadata, reserved_until, blob, sha256, size)
      select id, 1, 'completed', '{"displayName":"P","policies":[]}', now(), 'archives/a.tgz', 's', 1 from policy_packs;
    insert into policy_group_packs (group_id, pack_id, version_id, config, changed)
      select g.id, p.id, v.id, '{ "n": 12345678901234567890 }', 7
      from policy_groups g, policy_packs p, policy_pack_versions v;`);
  await finish();
  const { rows: groups } = await database.query(
    "select name, entity_type, mode, is_default from policy_groups order by name",
  );
  expect(groups).toEqual([
    { name: "default-accounts-policy-group", entity_type: "accounts", mode: "audit", is_default: true },
    { name: "default-policy-group", entity_type: "stacks", mode: "preventative", is_default: true },
  ]);
  const { rows: enabled } = await database.query("select config, follows, environments from policy_group_packs");
  expect(enabled).toEqual([{ config: '{ "n": 12345678901234567890 }', follows: false, environments: [] }]);
  const { rows: versions } = await database.query("select display_name from policy_pack_versions");
  expect(versions).toEqual([{ display_name: "P" }]);
  const { rows: blobs } = await database.query("select name from archive_blobs");
  expect(blobs).toEqual([{ name: "archives/a.tgz" }]);
  await database.close();
});

test("large states and events that were stored before stay, and what no row names is still swept", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quillon-test-"));
  const blobs = diskBlobs(folder);
  const { database, finish } = await migratedTo("0014_event_blobs.sql");
  await database.exec(`
    insert into organizations (name) values ('old');
    insert into stacks (organization_id, project, name, data_key) select id, 'web', 'dev', '' from organizations;
    insert into updates (stack_id, kind, dry_run) select id, 'update', false from stacks;
    insert into checkpoints (update_id, stack_id, version, blob, resource_count)
      select id, stack_id, 1, 'states/a', 1 from updates;
    insert into engine_events (update_id, sequence, blob) select id, 0, 'events/b' from updates;
    insert into state_blobs (name, created_at)
      select name, to_timestamp(0) from unnest(array['states/a', 'events/b', 'states/c']) as name;`);
  for (const name of ["states/a", "events/b", "states/c"]) await blobs.put(name, Readable.from([name]));
  await finish();
  const { db, destroy } = inThisThread(database);
  const added = await putBlob({ db, blobs }, "events", Readable.from(["new"]));
  await sweepUpdateBlobs({ db, blobs });
  for (const [name, bytes] of Object.entries({ "states/a": "states/a", "events/b": "events/b", [added]: "new" })) {
    const found = await blobs.get(name);
    expect(found && (await text(found.bytes))).toBe(bytes);
  }
  expect(await blobs.get("states/c")).toBeUndefined();
  await destroy();
  await database.close();
  await rm(folder, { recursive: true });
});

test("requests for exceptions from before have the events that their rows prove", async () => {
  const { database, finish } = await migratedTo("0035_closed_counts.sql");
  await database.exec(`
    insert into organizations (name) values ('old');
    insert into users (login, name) values ('ann', ''), ('bob', '');
    insert into exception_requests (organization_id, pack, match, reason, digest, status, created_by, created_at)
      select organizations.id, status, '[]', 'why', '', status, users.id, '2026-01-01'
      from organizations, users, unnest(array['draft', 'pending', 'ready', 'applied', 'closed']) as status where login = 'ann';
    update exception_requests set approved_by = users.id, approved_at = '2026-01-02', approval_comment = 'Yes.'
      from users where login = 'bob' and status in ('ready', 'applied');
    update exception_requests set closed_at = '2026-01-03', close_comment = 'No.' where status = 'closed';`);
  await finish();
  const { rows } = await database.query(`
    select pack, string_agg(concat_ws(' ', number, step, status_before, status_after, comment, login, to_char(event.created_at, 'DD')),
      ', ' order by number) as events
    from exception_request_events event join exception_requests request on request.id = request_id
      left join users on users.id = event.created_by
    group by pack order by pack`);
  const made = "1 made draft  ann 01";
  const approved = `${made}, 2 approved pending ready Yes. bob 02`;
  expect(rows).toEqual([
    { pack: "applied", events: approved },
    { pack: "closed", events: `${made}, 2 closed closed No. 03` },
    { pack: "draft", events: made },
    { pack: "pending", events: made },
    { pack: "ready", events: approved },
  ]);
  await database.close();
});

test("findings, packs, evaluations and updates from before are counted, found and removed", async () => {
  const { database, finish } = await migratedTo("0046_bundled_packs.sql");
  const gone = "00000000-0000-4000-8000-000000000001";
  const urn = "urn:pulumi:dev::web::a:b:Pet::Rex";
  await database.exec(`
    insert into organizations (name) values ('old');
    insert into stacks (organization_id, project, name, data_key) select id, 'web', 'dev', '' from organizations;
    insert into removed_stacks (id, organization_id, project, name, team_ids, removed_by, unfinished)
      select '${gone}', id, 'web', 'gone', '{}', 1, false from organizations;
    insert into policy_packs (organization_id, name) select id, 'p' from organizations;
    insert into policy_pack_versions (pack_id, version, status, metadata, reserved_until, blob, sha256, size)
      select id, 1, 'completed', '{"runtime":"nodejs","policies":[{"name":"q","displayName":"Q"}]}', now(), 'b', 's', 1
      from policy_packs;
    insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, ended, reopened,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select organizations.id, coalesce(gone, stacks.id), 'p', 'q', '${urn}' || n, sha256(n::text::bytea), '1', 'advisory', 'low', 'm',
        ended, reopened, now() - interval '30 days', '1', now(), now()
      from organizations, stacks, (values
        (1, null::uuid, null, 0), (2, null, null, 1), (3, '${gone}', 'withdrawn', 0)
      ) as made (n, gone, ended, reopened);
    insert into evaluations (stack_id, pack, urn_digest, by_stack, urn, governed, tag, passed, failed, evaluated_at, update_id)
      select id, 'p', '', false, '${urn}', true, '1', '{}', '{q}', now(), gen_random_uuid() from stacks;
    insert into pack_scores (stack_id, pack, version, tag, evaluated_at, stale, withdrawn)
      select id, pack, 1, '1', '2026-01-01', pack <> 'p', pack = 'r' from stacks, unnest(array['q', 'p', 'r']) as pack;
    insert into updates (stack_id, kind, dry_run, status, emptied)
      select id, 'update', false, 'succeeded', emptied from stacks, unnest(array[false, true]) as emptied;
    insert into engine_events (update_id, sequence, body) select id, 0, '{}' from updates where not emptied;`);
  await finish();
  for (const [table, view, columns] of [
    [
      "finding_counts",
      "counted_findings",
      "stack_id, closed, status, count, first_modified_at, last_modified_at, first_seen_at",
    ],
    [
      "finding_times",
      "timed_findings",
      "stack_id, closed, status, count, first_seen_at, modified_at, last_seen_at, came_back",
    ],
  ]) {
    const { rows } = await database.query(`
      (select ${columns} from ${table} except all select ${columns} from ${view})
      union all (select ${columns} from ${view} except all select ${columns} from ${table})`);
    expect(rows, table).toEqual([]);
  }
  const { db, destroy } = inThisThread(database);
  const kept = await db.selectFrom("scored_stacks").select(["packs", "evaluated", "reported", "stale"]).execute();
  expect(kept).toEqual([{ packs: ["p", "q"], evaluated: new Date("2026-01-01"), reported: true, stale: true }]);
  const { id: organizationId } = await db.selectFrom("organizations").select("id").executeTakeFirstOrThrow();
  const since = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const countOf = async ({ closed = false, kind }: { closed?: boolean; kind?: "new" | "reopened" }) => {
    const recent = kind && { kind, since };
    const page = { organizationId, stackIds: undefined, closed, where: { all: [] }, sort: [], recent };
    const { ids, count } = await listPage(db, { ...page, rows: { start: 0, count: 10 }, most: 100 });
    expect(ids).toHaveLength(count);
    return count;
  };
  expect(await countOf({})).toBe(2);
  expect(await countOf({ closed: true })).toBe(1);
  expect(await countOf({ kind: "reopened" })).toBe(1);
  expect(await countOf({ kind: "new" })).toBe(0);
  expect(await listVersionsInUse(db, organizationId, "p")).toEqual([{ runtime: "nodejs", needs: null, sdk: null }]);
  const { resources } = await findResourcesOf(db, { organizationId, reader: undefined, text: "rex", limit: 10 });
  expect(resources).toEqual([{ project: "web", stack: "dev", urn }]);

  const { id: left } = await db.selectFrom("engine_events").select("update_id as id").executeTakeFirstOrThrow();
  await db.deleteFrom("stacks").execute();
  // The one that was emptied has nothing left to remove.
  expect(await db.selectFrom("removed_updates").select("id").execute()).toEqual([{ id: left }]);
  while (await emptyRemoved({ db }));
  expect(await db.selectFrom("engine_events").select("sequence").execute()).toEqual([]);
  await destroy();
  await database.close();
});

const superuser = process.env.QUILLON_TEST_POSTGRES;

test.skipIf(!superuser)("a statement of a migration may take longer than one of a request", async () => {
  const name = `quillon_${randomUUID().replaceAll("-", "")}`;
  const execute = async (statement: string, at = superuser) => {
    const client = new pg.Client({ connectionString: at });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await execute(`create database ${name}`);
  const url = Object.assign(new URL(superuser ?? "postgres://none"), { pathname: name }).href;
  await execute(
    `create function slow() returns event_trigger language plpgsql as $$ begin
       if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.resource_days_age') then
         perform pg_sleep(5);
       end if;
     end $$;
     create event trigger slow on ddl_command_end when tag in ('CREATE INDEX') execute function slow();`,
    url,
  );
  const { db, close } = openDatabase({ databaseUrl: `${url}?statement_timeout=4000` });
  onTestFinished(() => execute(`drop database ${name} with (force)`));
  await migrate(db).finally(close);
});

test("what policies said before has the organization of its stack", async () => {
  const { database, finish } = await migratedTo("0047_timed_counts.sql");
  await database.exec(`
    insert into organizations (name) values ('one'), ('two');
    insert into stacks (organization_id, project, name, data_key) select id, 'web', name, '' from organizations;
    insert into evaluations (stack_id, pack, urn_digest, by_stack, urn, governed, tag, passed, failed, evaluated_at, update_id)
      select id, 'p', '', false, 'urn:pulumi:' || name || '::web::a:b:C::n', true, '1', '{}', '{}', now(), gen_random_uuid() from stacks;`);
  await finish();
  const { rows } = await database.query(
    "select organizations.name, urn from evaluations join organizations on organizations.id = organization_id order by 1",
  );
  expect(rows).toEqual([
    { name: "one", urn: "urn:pulumi:one::web::a:b:C::n" },
    { name: "two", urn: "urn:pulumi:two::web::a:b:C::n" },
  ]);
  await database.close();
});

test("users that existed before are of the organization that made them, as the audit log or their memberships tell", async () => {
  const { database, finish } = await migratedTo("0066_stack_checks.sql");
  await database.exec(`
    insert into organizations (name) values ('one'), ('two');
    insert into users (login, name, site_admin) values ('root', '', true);
    insert into users (login, name) values ('told', ''), ('first', ''), ('nobody', '');
    insert into members (organization_id, user_id, role, created_at)
      select org.id, users.id, 'member', case org.name when 'one' then timestamptz '2026-01-01' else '2026-02-01' end
      from users cross join organizations org where login <> 'nobody';
    insert into audit_log (organization_id, login, name, source_ip, event, description)
      select id, 'root', '', '', 'User Created', 'User told' from organizations where name = 'two';
  `);
  await finish();
  const { rows } = await database.query(
    "select login, org.name as made_in from users left join organizations org on org.id = made_in order by login",
  );
  expect(rows).toEqual([
    { login: "first", made_in: "one" },
    { login: "nobody", made_in: null },
    { login: "root", made_in: null },
    { login: "told", made_in: "two" },
  ]);
});
