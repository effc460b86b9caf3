import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import {
  edit,
  GROUPS,
  membersOf,
  newestEvent,
  newGroup,
  newManager,
  newPack,
  OWN_GROUPS,
  read,
  required,
} from "../../testing/group.ts";
import { and, hasTag, not, or, tagIn, tagIs } from "../../testing/match-rule.ts";
import { newStack } from "../../testing/stack.ts";

const PREVIEW = `POST ${GROUPS}/stackmatchrule/preview`;

describe.each(engines)("match rules on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const select = (group: string, selector: unknown) => t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector });
  const batch = (group: string, edits: object[]) => t.send(`PATCH ${GROUPS}/${group}/batch`, edits);
  const asPulumi = async (group: string) => {
    const headers = { authorization: `token ${t.token}`, accept: "application/vnd.pulumi+9" };
    const { body: text, headers: answered } = await t.app.inject({ url: `${GROUPS}/${group}`, headers });
    return { text, body: JSON.parse(text), headers: answered };
  };
  const countOf = async (group: string) => {
    const { policyGroups } = (await t.send(`GET ${GROUPS}`)).body;
    return policyGroups.find(({ name }: { name: string }) => name === group).numStacks;
  };

  test("a group is made with a rule, and its stacks follow their tags", async () => {
    const pack = await newPack(t);
    const group = await newGroup(t, { stackMatchRule: and(tagIs("tier", "gold"), not(hasTag("sandbox"))) });
    await edit(t, group, { addPolicyPack: { name: pack } });
    const [gold, none] = [await newStack(t, { tags: { tier: "gold" } }), await newStack(t)];
    expect(await required(t, gold)).toMatchObject([{ name: pack }]);
    expect(await required(t, none)).toEqual([]);
    expect(await countOf(group)).toBe(1);
    await t.send(`POST ${gold.path}/tags`, { name: "sandbox", value: "" });
    expect([await required(t, gold), await countOf(group)]).toEqual([[], 0]);
    await t.send(`DELETE ${gold.path}/tags/sandbox`);
    await t.send(`PATCH ${none.path}/tags`, { tier: "gold" });
    expect(await required(t, none)).toMatchObject([{ name: pack }]);
    expect(await countOf(group)).toBe(2);
    const groups = (await t.send(`GET ${none.path}/policygroups`)).body.policyGroups;
    expect(groups.map(({ name }: { name: string }) => name)).toContain(group);
    const why = (await t.send(`GET /api/quillon/orgs/acme/stacks/web/${none.name}/policypacks`)).body.policyPacks;
    expect(why[0].groups[0].membership).toEqual({ by: "rule", conditions: [{ tag: "tier", value: "gold" }] });
  });

  test("an update must run what the tags ask for that it brings, also by a rule", async () => {
    const pack = await newPack(t);
    const group = await newGroup(t, { stackMatchRule: tagIs("brought", "yes") });
    await edit(t, group, { addPolicyPack: { name: pack } });
    const stack = await newStack(t);
    const program = { config: { "web:x": { string: "1" } }, name: "web", runtime: "nodejs", main: "" };
    const made = await t.send(`POST ${stack.path}/update`, {
      ...program,
      config: { "pulumi:tags": { string: '{"brought":"yes"}', secret: false, object: true } },
    });
    expect(made.body.requiredPolicies).toMatchObject([{ name: pack }]);
  });

  test("a rule is shown to the byte, in a batch after the rest, and each step is in the audit log", async () => {
    const group = await newGroup(t);
    const stack = await newStack(t);
    const text = `{ "key": "te\\u0061m", "context": {"__type":"PermissionExpressionStack"},"__type":"PermissionExpressionHasTag"}`;
    const edits = `[{"newName":"${group}b"},{"addStack":{"name":"${stack.name}","routingProject":"web"}},{"stackMatchRule":${text}}]`;
    const edited = await t.send(`PATCH ${GROUPS}/${group}/batch`, [], { payload: edits });
    expect(edited.status).toBe(200);
    expect((await newestEvent(t)).description).toContain("stackMatchRule changed");
    const shown = await asPulumi(`${group}b`);
    expect(shown.text).toContain(`"stackMatchRule":${text}`);
    expect(shown.body).not.toHaveProperty("selector");
    expect(shown.body.stacks).toEqual([{ name: stack.name, routingProject: "web" }]);
    await batch(`${group}b`, [{ removeStackMatchRule: true }]);
    expect((await newestEvent(t)).description).toContain("stackMatchRule removed");
    expect((await asPulumi(`${group}b`)).body).not.toHaveProperty("stackMatchRule");
  });

  test("a selector is a stackMatchRule for Pulumi's clients when tags alone say the same", async () => {
    const group = await newGroup(t);
    const selector = { all: [{ tag: "env", value: "prod" }], except: [{ tag: "team" }] };
    await select(group, selector);
    const shown = await asPulumi(group);
    expect(shown.body.stackMatchRule).toEqual(and(tagIs("env", "prod"), not(hasTag("team"))));
    expect(shown.headers).not.toHaveProperty("x-pulumi-warning");
    expect(await read(t, group)).toMatchObject({ selector, stackMatchRule: shown.body.stackMatchRule });
  });

  test("what a selector says and no stackMatchRule can say is told, also to Pulumi's clients", async () => {
    const group = await newGroup(t);
    await select(group, { all: [{ project: "web-*" }, { tag: "env" }] });
    const shown = await asPulumi(group);
    expect(shown.body).not.toHaveProperty("stackMatchRule");
    expect(shown.body).not.toHaveProperty("ruleNotWritten");
    expect(shown.headers["x-pulumi-warning"]).toContain('the selector has {"project":"web-*"}');
    expect((await read(t, group)).ruleNotWritten).toContain("by a selector that stackMatchRule can't say");
  });

  test("a stackMatchRule is a selector for Quillon's clients, or they are told that none can say it", async () => {
    const group = await newGroup(t, { stackMatchRule: or(hasTag("a"), tagIn("b", ["x"])) });
    expect((await read(t, group)).selector).toEqual({ any: [{ tag: "a" }, { tag: "b", value: "x" }] });
    await edit(t, group, { stackMatchRule: or(hasTag("a"), not(hasTag("b"))) });
    const shown = await read(t, group);
    expect(shown).not.toHaveProperty("selector");
    expect(shown.ruleNotWritten).toBe(
      `A selector can't say the stackMatchRule of policy group ${group}: an exclusion is one of its alternatives.`,
    );
  });

  test("a group has one rule: a selector and a stackMatchRule replace each other", async () => {
    const group = await newGroup(t, { stackMatchRule: hasTag("a") });
    await select(group, { all: [{ project: "x" }] });
    expect(await read(t, group)).not.toHaveProperty("stackMatchRule");
    await edit(t, group, { stackMatchRule: hasTag("b") });
    expect((await newestEvent(t)).description).toMatch(/selector removed.*stackMatchRule changed/);
    expect((await read(t, group)).selector).toEqual({ all: [{ tag: "b" }] });
    await select(group, { all: [{ project: "x" }] });
    await edit(t, group, { removeStackMatchRule: true });
    expect(await read(t, group)).not.toHaveProperty("selector");
  });

  test("a rule about accounts is kept and shown, and nothing is taken in by it", async () => {
    const accountMatchRule = { ...hasTag("env"), context: { __type: "PermissionExpressionInsightsAccount" } };
    const group = await newGroup(t, { mode: "audit", accountMatchRule });
    const shown = await asPulumi(group);
    expect(shown.body).toMatchObject({ accountMatchRule, accounts: [] });
    expect(shown.headers["x-pulumi-warning"]).toContain("nothing evaluates it");
    expect((await t.send(`GET ${GROUPS}/${group}/accounts`)).body).toEqual({ accounts: [] });
    const preview = await t.send(`POST ${GROUPS}/accountmatchrule/preview`, { accountMatchRule });
    expect(preview).toMatchObject({ status: 200, body: { accounts: [], matchedCount: 0, totalCount: 0 } });
    await edit(t, group, { removeAccountMatchRule: true });
    expect((await asPulumi(group)).body).not.toHaveProperty("accountMatchRule");
  });

  test("lists that older clients send leave the rule as it is", async () => {
    const [ruled, listed] = [await newStack(t, { tags: { old: "1" } }), await newStack(t)];
    const group = await newGroup(t, { entityType: "stacks", stackMatchRule: hasTag("old") });
    const { stacks } = await read(t, group);
    const sent = { stacks: [...stacks, { name: listed.name, routingProject: "web" }], policyPacks: [] };
    expect((await edit(t, group, sent)).status).toBe(200);
    const all = await membersOf(t, group);
    expect(all).toMatchObject([
      { name: ruled.name, source: "rule" },
      { name: listed.name, source: "explicit" },
    ]);
  });

  test("members come page by page with their tags and their source", async () => {
    const group = await newGroup(t, { stackMatchRule: hasTag("paged") });
    const stacks = [];
    for (const value of ["a", "b", "c"]) stacks.push(await newStack(t, { tags: { paged: value } }));
    const [first, second] = stacks.map(({ name }) => ({ name, routingProject: "web" }));
    await edit(t, group, { addStack: second });
    const page = async (query: string) => (await t.send(`GET ${GROUPS}/${group}/stacks${query}`)).body;
    const one = await page("?count=2");
    expect(one.stacks).toMatchObject([
      { ...first, source: "rule", tags: { paged: "a" } },
      { ...second, source: "explicit", tags: { paged: "b" } },
    ]);
    const two = await page(`?count=2&continuationToken=${one.continuationToken}`);
    expect(two).toEqual({ stacks: [expect.objectContaining({ source: "rule" })] });
    expect((await page("?source=explicit")).stacks).toMatchObject([second]);
    expect((await page("?source=rule&count=1")).stacks).toMatchObject([first]);
    for (const query of ["?source=team", "?count=0", "?count=501", "?continuationToken=x"]) {
      expect((await page(query)).id).toBe("invalid_input");
    }
    expect((await t.send(`GET ${GROUPS}/gone/stacks`)).status).toBe(404);
    expect((await membersOf(t, "default-policy-group", "?count=500")).length).toBeGreaterThan(3);
    expect(await membersOf(t, "default-policy-group", "?source=rule")).toEqual([]);
    expect(await membersOf(t, "default-accounts-policy-group")).toEqual([]);
  });

  test("a member sees the members of a group that they may read", async () => {
    const [mine] = [await newStack(t, { tags: { seen: "1" } }), await newStack(t, { tags: { seen: "1" } })];
    const group = await newGroup(t, { stackMatchRule: hasTag("seen") });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const member = await newManager(t, "member");
    const seen = async () => (await t.send(`GET ${GROUPS}/${group}/stacks`, undefined, { as: member })).body.stacks;
    expect(await seen()).toEqual([]);
    await t.send("POST /api/orgs/acme/teams/pulumi", { name: "readers" });
    const login = (await t.send("GET /api/user", undefined, { as: member })).body.githubLogin;
    await t.send("PATCH /api/orgs/acme/teams/readers", { memberAction: "add", member: login });
    const grant = { projectName: "web", stackName: mine.name, permission: 101 };
    await t.send("PATCH /api/orgs/acme/teams/readers", { addStackPermission: grant });
    expect(await seen()).toMatchObject([{ name: mine.name }]);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "write" });
  });

  test("a preview lists what a rule takes in, with counts on the first page that a search does not narrow", async () => {
    const before = (await t.send(PREVIEW, { stackMatchRule: hasTag("x") })).body.totalCount;
    const stacks = [];
    for (const value of ["1", "1", "2"]) stacks.push(await newStack(t, { tags: { preview: value } }));
    const preview = async (body: object, query = "") => (await t.send(`${PREVIEW}${query}`, body)).body;
    const stackMatchRule = hasTag("preview");
    const one = await preview({ stackMatchRule }, "?count=2");
    expect(one).toMatchObject({ matchedCount: 3, totalCount: before + 3 });
    expect(one.stacks).toMatchObject([{ tags: { preview: "1" } }, { tags: { preview: "1" } }]);
    const two = await preview({ stackMatchRule }, `?count=2&continuationToken=${one.continuationToken}`);
    expect(two).toEqual({ stacks: [expect.objectContaining({ routingProject: "web" })] });
    const [first] = stacks.map(({ name }) => name);
    for (const [search, found] of [
      [first?.toUpperCase(), 1],
      [`WE/${first}`, 1],
      [`${first}/web`, 0],
      ["eb/", 3],
      ["%", 0],
      ["", 3],
    ]) {
      const narrowed = await preview({ stackMatchRule, search });
      expect(narrowed.stacks).toHaveLength(found as number);
      expect(narrowed.matchedCount).toBe(3);
    }
    const others = await preview({ stackMatchRule: not(tagIs("preview", "1")) });
    expect(others.matchedCount).toBe(before + 1);
    expect((await preview({ stackMatchRule: tagIn("preview", []) })).stacks).toEqual([]);
    expect((await preview({ stackMatchRule: hasTag("pre\0view") })).matchedCount).toBe(0);
  });
});
