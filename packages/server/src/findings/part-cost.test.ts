import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { joiningByHash } from "../db/joins.ts";
import type { Db } from "../db/open.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { newStack } from "../testing/stack.ts";
import { listUnsettled } from "../updates/index.ts";
import { closeFindings, openFindings } from "./settle-queries.ts";

const FINDINGS = 20_000;
const urn = sql`'urn:pulumi:dev::web::random:index/randomPet:RandomPet::pet' || n`;

describe.each(engines)("an update of few resources of a stack with many findings on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    const length = { name: "length", description: "d", enforcementLevel: "advisory", message: "m" };
    await requirePack(t, "pets", [length]);
  });
  afterAll(() => t.close());

  async function readOf(db: Db): Promise<number> {
    const { rows } = await sql<{ read: number }>`
      select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'findings'`.execute(
      db,
    );
    return rows[0]?.read ?? 0;
  }

  test("reads the findings of those resources", async () => {
    const on = await newStack(t);
    await sql`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select organization_id, id, 'pets', 'length', ${urn}, sha256(convert_to(${urn}, 'UTF8')), '1.0.0', 'advisory', '', 'm',
        now(), '1.0.0', now(), now()
      from stacks, generate_series(1, ${FINDINGS}::int) n where name = ${on.name}`.execute(t.db);
    const { body } = await t.send(`POST ${on.path}/update`, { options: { dryRun: false } });
    await on.start(body.updateID);
    const values = sql`select ${body.updateID}::uuid, n,`;
    await sql`insert into resource_steps (update_id, sequence, urn, kind)
      ${values} ${urn}, case when n = 1 then 'deleted' else 'deployed' end from generate_series(1, 10) n`.execute(t.db);
    await sql`insert into policy_analyses (update_id, sequence, pack, tag, urn, passed, failed)
      ${values} 'pets', '1.0.0', ${urn}, case when n > 5 then '{length}'::text[] else '{}' end,
        case when n > 5 then '{}'::text[] else '{length}' end from generate_series(2, 10) n`.execute(t.db);
    await sql`insert into policy_reports (update_id, sequence, kind, pack, tag, policy, urn, level, severity, message)
      ${values} 'violated', 'pets', '1.0.0', 'length', ${urn}, 'advisory', '', 'm' from generate_series(2, 5) n`.execute(
      t.db,
    );
    const ended = await sql<{ stack_id: string }>`
      update updates set ended_at = now(), status = 'succeeded' where id = ${body.updateID} returning stack_id`.execute(
      t.db,
    );
    const [update] = await listUnsettled(t.db, ended.rows[0]?.stack_id ?? "");
    if (!update) throw new Error("The update is settled.");
    const part = { ...update, part: 0, parts: 1, ended: [] };

    const { fixed, read } = await t.db.transaction().execute((db) =>
      joiningByHash(db, async () => {
        await openFindings(db, part);
        return { fixed: await closeFindings(db, part), read: await readOf(db) };
      }),
    );
    expect(fixed).toMatchObject([{ how: "fixed", count: 6 }]);
    expect(read).toBeLessThan(100);
  });
});
