import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";

/** More than are read at once, several times. */
const COUNT = 1_700;
const numbers = sql`generate_series(1, ${sql.lit(COUNT)}) as n`;
const organization = sql`(select id from organizations where name = 'acme')`;
const user = sql`(select id from users where login = 'admin')`;

describe.each(engines)("lists that are sent whole, on $name", (engine) => {
  let t: TestApp;
  let stack: string;
  beforeAll(async () => {
    t = await startApp(engine);
    stack = (await newStack(t)).path;
    await sql`insert into teams (organization_id, name, display_name, description)
      select ${organization}, 'list' || n, 'd', 'd' from ${numbers}`.execute(t.db);
    await sql`insert into policy_groups (organization_id, name, entity_type, mode, stack_rule)
      select ${organization}, 'list' || n, 'stacks', 'preventative', '{"all":[{"stack":"*"}]}' from ${numbers}`.execute(
      t.db,
    );
    await sql`insert into tokens (hash, user_id, description, created_at)
      select convert_to(n::text, 'UTF8'), ${user}, 'list' || n, now() from ${numbers}`.execute(t.db);
    await sql`insert into policy_packs (organization_id, name) select ${organization}, 'list' || n from ${numbers}`.execute(
      t.db,
    );
    await sql`insert into policy_pack_versions (pack_id, version, tag, status, blob, sha256, size, metadata, reserved_until)
      select id, version, version || '.0.0', 'completed', '', '', 1,
        json_build_object('displayName', case when name = 'list7' then repeat('x', 5000000) else name end, 'policies', '[]'::json), now()
      from policy_packs, generate_series(1, 2) as version`.execute(t.db);
  });
  afterAll(() => t.close());

  const lists = [
    { path: "/api/orgs/acme/teams", name: "teams", by: "name" },
    { path: "/api/orgs/acme/policygroups", name: "policyGroups", by: "name" },
    { path: "<stack>/policygroups", name: "policyGroups", by: "name" },
    { path: "/api/user/tokens", name: "tokens", by: "description" },
    { path: "/api/orgs/acme/policypacks", name: "policyPacks", by: "name" },
  ];
  test.each(lists)("$path has everything once, and is sent while it is read", async ({ path, name, by }) => {
    const answer = await t.send(`GET ${path.replace("<stack>", stack)}`);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty("content-length");
    const found = answer.body[name].map((one: Record<string, string>) => one[by]);
    const wanted = Array.from({ length: COUNT }, (_, index) => `list${index + 1}`);
    expect(found.filter((one: string) => one.startsWith("list")).sort()).toEqual(wanted.sort());
  });

  test("a pack has its versions, oldest first, and of a very long display name the start", async () => {
    const { body } = await t.send("GET /api/orgs/acme/policypacks?policypack=list7");
    expect(body.policyPacks).toEqual([
      { name: "list7", displayName: "x".repeat(1_000), versions: [1, 2], versionTags: ["1.0.0", "2.0.0"] },
    ]);
  });

  test("the packs of an organization that has none are an empty list", async () => {
    expect((await t.send("GET /api/orgs/acme/policypacks?policypack=absent")).body).toEqual({ policyPacks: [] });
  });
});
