import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../context.ts";
import { findResourcesOf } from "../../findings/resource-queries.ts";
import { listReadableStacks } from "../../stacks/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newVersion, requirePack } from "../../testing/group.ts";
import { makeToken, team } from "../../testing/people.ts";
import { policyRun, urnOf } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const policy = (name: string, displayName = "") => ({
  ...{ name, displayName, description: "d", enforcementLevel: "mandatory", message: "m" },
});
const TYPE = "random:index/randompet:randompet";

describe.each(engines)("the search, on $name", (engine) => {
  let t: TestApp;
  /** One that somebody may read, and one that they may not. */
  let open: TestStack;
  let secret: TestStack;
  let reader: string;
  const nothing = {
    stacks: [],
    policyPacks: [],
    policies: [],
    policyGroups: [],
    resources: [],
    resourcesLeftOut: false,
  };

  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await requirePack(t, "pets", [policy("length", "Long names"), policy("old-rule")]);
    await newVersion(t, "pets", "2.0.0", [policy("length", "Longer names"), policy("new-rule")]);
    await newVersion(t, "pets", "3.0.0", [policy("length", "Longest names"), policy("newest-rule")]);
    await requirePack(t, "cars", [policy("length")]);
    await newGroup(t, { name: "Pet lovers" });
    [open, secret] = [await newStack(t), await newStack(t)];
    await policyRun(open, { lines: ["rex-one !length", "tom length", "root length", "provider length"] });
    await policyRun(open, { pack: "cars", lines: ["rex-one length"] });
    await policyRun(secret, { lines: ["rex-two !length", "kim length"] });
    reader = await team(t, "readers", { [`web/${open.name}`]: 101 });
  });
  afterAll(() => t.close());

  async function search(text: string, as = `token ${t.token}`) {
    const path = `/api/quillon/orgs/acme/search?text=${encodeURIComponent(text)}`;
    const { status, body } = await t.send(`GET ${path}`, undefined, { as });
    expect(status, body.message).toBe(200);
    return body;
  }
  const named = (resources: { urn: string }[]) => resources.map(({ urn }) => urn.split("::").at(-1)).sort();
  const resources = async (text: string, as?: string) => named((await search(text, as)).resources);

  test("stacks, packs and groups are found by a part of their names, in any case", async () => {
    expect(await search(`EB/${open.name}`)).toEqual({ ...nothing, stacks: [{ project: "web", stack: open.name }] });
    expect(await search("ET LOV")).toEqual({ ...nothing, policyGroups: [{ name: "Pet lovers" }] });
    expect(await search("CAR")).toEqual({ ...nothing, policyPacks: [{ name: "cars", displayName: "cars" }] });
    expect(await search("%")).toEqual(nothing);
    for (const part of ["B", `B/${open.name}`, open.name.slice(-2), open.name.toUpperCase()])
      expect((await search(part)).stacks, part).toContainEqual({ project: "web", stack: open.name });
    for (const part of [`${open.name}/`, `wwweb/${open.name}`, `${open.name}${open.name.slice(-3)}`, "\u{1f600}w"])
      expect((await search(part)).stacks, part).toEqual([]);
  });

  test("policies are found in what is enabled and in the newest versions, each once", async () => {
    const policies = async (text: string) => (await search(text)).policies;
    const ofPets = { policyPack: "pets", displayName: "" };
    expect(await policies("rule")).toEqual([
      { ...ofPets, versionTag: "3.0.0", name: "newest-rule" },
      { ...ofPets, versionTag: "1.0.0", name: "old-rule" },
    ]);
    expect(await policies("ENGTH")).toEqual([
      { policyPack: "cars", versionTag: "1.0.0", name: "length", displayName: "" },
      { ...ofPets, versionTag: "3.0.0", name: "length", displayName: "Longest names" },
    ]);
    expect(await policies("longest n")).toMatchObject([{ versionTag: "3.0.0", name: "length" }]);
    expect(await policies("long names")).toMatchObject([{ versionTag: "1.0.0", name: "length" }]);
  });

  test.each([
    ["the beginning of a name", "REX", ["rex-one", "rex-two"]],
    ["a part of a name that is not its beginning", "ex-one", []],
    ["a whole name", "tom", ["tom"]],
    ["a part of a type", "RandomPet", ["kim", "rex-one", "rex-two", "tom"]],
    ["a whole type", TYPE, ["kim", "rex-one", "rex-two", "tom"]],
    ["what begins like a type and is none", `${TYPE}s`, []],
    ["the type of what no score counts", "pulumi:providers", []],
  ])("resources are found by %s", async (_, text, found) => {
    expect(await resources(text)).toEqual(found);
  });

  test("resources are found by the beginning of their URN, and not by another stack's", async () => {
    const urn = urnOf(open.name, "rex-one");
    expect((await search(urn)).resources).toEqual([{ project: "web", stack: open.name, urn }]);
    expect(await resources(urn.slice(0, -4))).toEqual(["rex-one"]);
    expect(await resources(`${urn}-more`)).toEqual([]);
    expect(await resources(urnOf(open.name, "rex-two"))).toEqual([]);
  });

  test("somebody finds nothing of a stack that they may not read, also when they may read too many to look at each", async () => {
    expect(await search(secret.name, reader)).toEqual(nothing);
    expect(await search("rex", reader)).toEqual({
      ...nothing,
      resources: [{ project: "web", stack: open.name, urn: urnOf(open.name, "rex-one") }],
    });
    expect(await resources("randompet", reader)).toEqual(["rex-one", "tom"]);
    expect(await search(urnOf(secret.name, "rex-two"), reader)).toEqual(nothing);
    const ofTeam = (await makeToken(t, "/api/orgs/acme/teams/readers", { name: "n", description: "", expires: 0 })).as;
    expect(await resources("rex", ofTeam)).toEqual(["rex-one"]);
    await sql`insert into stacks (organization_id, project, name, data_key)
      select id, 'many', 'many-' || n, '' from organizations, generate_series(1, 1001) n where name = 'acme'`.execute(
      t.db,
    );
    await sql`insert into team_stacks (team_id, stack_id, permission)
      select teams.id, stacks.id, 'read' from teams, stacks
      where teams.name = 'readers' and stacks.project = 'many'`.execute(t.db);
    expect(await resources("rex", reader)).toEqual(["rex-one"]);
    expect(await resources("randompet", reader)).toEqual(["rex-one", "tom"]);
    expect((await search("kim", reader)).resourcesLeftOut).toBe(false);
    const stacks = async (text: string) =>
      (await search(text, reader)).stacks.map(({ stack }: { stack: string }) => stack);
    expect(await stacks("MANY-")).toHaveLength(8);
    expect(await stacks("ny-100")).toEqual(["many-100", "many-1000", "many-1001"]);
    expect(await stacks("-1001/")).toEqual([]);
    const people = await sql<{ admin: string; reader: string }>`
      select (select user_id from members where role = 'admin' limit 1) as admin,
        (select user_id from team_members join teams on teams.id = team_id where name = 'readers' and user_id not in (select user_id from members where role = 'admin')) as reader`.execute(
      t.db,
    );
    const who = people.rows[0] ?? { admin: "", reader: "" };
    // Also where more stacks match than are looked at by the index, whether the caller may read few or many of them.
    for (const first of [1, 5000])
      for (const [many, few] of [
        [1, 1],
        [1, 5000],
        [5000, 1],
      ] as const)
        for (const [text, actor, count] of [
          ["-100", who.reader, 3],
          ["-100", who.admin, 3],
          [secret.name, who.reader, 0],
          [secret.name, who.admin, 1],
        ] as const) {
          const page = { actor: { userId: actor } as Actor, filter: { organization: "acme", search: text }, limit: 8 };
          expect(await listReadableStacks(t.db, page, { first, many, few })).toHaveLength(count);
        }
  });

  test("an organization finds nothing of another", async () => {
    await t.send("POST /api/quillon/orgs", { name: "other" });
    const path = "/api/quillon/orgs/other/search?text=";
    for (const text of ["rex", "web", "pets", "length", "Pet", urnOf(open.name, "rex-one")])
      expect((await t.send(`GET ${path}${encodeURIComponent(text)}`)).body).toEqual(nothing);
  });

  test("what other organizations have counts for no limit", async () => {
    await t.send("POST /api/quillon/orgs", { name: "full" });
    const ids = await sql<{ own: string; other: string }>`
      select (select id from organizations where name = 'acme') as own,
        (select id from organizations where name = 'full') as other`.execute(t.db);
    const { own = "", other = "" } = ids.rows[0] ?? {};
    await sql`
      with stack as (
        insert into stacks (organization_id, project, name, data_key) values (${other}, 'web', 'full', '') returning id
      ), resource as (
        select 'urn:pulumi:full::web::' || case when n <= 9 then 'a' || n else ${TYPE} end || '::rex-' || n as urn
        from generate_series(1, 29) n
      )
      insert into evaluations
        (organization_id, stack_id, pack, urn_digest, by_stack, urn, governed, tag, passed, failed, evaluated_at, update_id)
      select ${other}, id, 'pets', sha256(urn::bytea), false, urn, true, '1.0.0', '{}', '{}', now(), gen_random_uuid()
      from stack cross join resource`.execute(t.db);
    const find = async (
      organizationId: string,
      limits: { mostLookedAt?: number; mostTypes?: number; limit?: number },
    ) => {
      const found = await findResourcesOf(t.db, {
        organizationId,
        reader: undefined,
        text: "rex",
        limit: 99,
        ...limits,
      });
      return [named(found.resources).length, found.leftOut];
    };
    // Of three evaluations, for two packs have looked at one.
    expect(await find(own, { mostLookedAt: 4, mostTypes: 2 })).toEqual([2, false]);
    expect(await find(own, { mostLookedAt: 3 })).toEqual([2, true]);
    expect(await find(own, { mostTypes: 1 })).toEqual([2, true]);
    // As many as are wanted.
    expect(await find(own, { mostTypes: 1, limit: 2 })).toEqual([2, false]);
    expect(await find(own, { mostLookedAt: 3, limit: 2 })).toEqual([2, false]);
    expect(await find(other, { mostLookedAt: 30, mostTypes: 11 })).toEqual([29, false]);
    expect(await find(other, { mostLookedAt: 29 })).toEqual([29, true]);
    expect(await find(other, { mostTypes: 9 })).toEqual([9, true]);
    expect(await find(other, { mostLookedAt: 4 })).toEqual([4, true]);
  });

  test("what has a longer name or type than the index takes is found by as much of it as somebody types", async () => {
    const long = "long".repeat(30);
    await policyRun(open, { lines: [`${long}-one length`, `${long}-two length`] });
    expect(await resources(long)).toEqual([`${long}-one`, `${long}-two`]);
    expect(await resources(`${long}-T`)).toEqual([`${long}-two`]);
    expect(await resources(`${long}-t`, reader)).toEqual([`${long}-two`]);
    const longType = `deep:index:${"Type".repeat(60)}`;
    await sql`update evaluations set urn = replace(urn, 'random:index/randomPet:RandomPet', ${longType} || right(urn, 3))
      where urn like ${`%${long}%`}`.execute(t.db);
    expect(await resources("TypeType")).toEqual([`${long}-one`, `${long}-two`]);
    expect(await resources(`${longType}two`)).toEqual([`${long}-two`]);
    expect(await resources("ypetwo")).toEqual([`${long}-two`]);
    expect(await resources(`${long}-o`)).toEqual([`${long}-one`]);
    await policyRun(open, { lines: [`-${long}-one`, `-${long}-two`] });
    await sql`delete from evaluations where urn like ${`%${long}%`}`.execute(t.db);
  });

  test("what was deleted, and what need not run any more, is not found", async () => {
    await policyRun(secret, { lines: ["-kim"] });
    expect(await resources("kim")).toEqual([]);
    await edit(t, "default-policy-group", { removePolicyPack: { name: "cars" } });
    expect((await search("length")).policies).toHaveLength(2);
  });

  test("a few of each are answered, and whatever a name has, it is only looked for", async () => {
    await policyRun(open, { lines: Array.from({ length: 12 }, (_, n) => `pet-${n} length`) });
    expect((await search("pet-")).resources).toHaveLength(8);
    for (const text of ["'; drop table stacks; --", "\\", "_", "x".repeat(1000), "::", "urn:pulumi:", "\u{10ffff}"])
      await search(text);
    for (const [text, status] of [
      ["", 400],
      ["x".repeat(1001), 400],
      ["%00", 400],
    ] as const)
      expect((await t.send(`GET /api/quillon/orgs/acme/search?text=${text}`)).status).toBe(status);
  });
});
