import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, GROUPS, newestEvent, newGroup, newManager, newPack, read } from "../../testing/group.ts";
import { person, team } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const DEFAULT = "default-policy-group";
const ACCOUNTS = "default-accounts-policy-group";

const reference = ({ path }: { path: string }) => ({ routingProject: "web", name: path.split("/").at(-1) ?? "" });

describe.each(engines)("policy groups on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const list = async () => (await t.send(`GET ${GROUPS}`)).body.policyGroups;
  const summary = async (name: string) => (await list()).find((group: { name: string }) => group.name === name);

  test("every organization has the two default groups", async () => {
    expect(await summary(DEFAULT)).toMatchObject({ isOrgDefault: true, entityType: "stacks", mode: "preventative" });
    expect(await summary(ACCOUNTS)).toMatchObject({
      isOrgDefault: true,
      entityType: "accounts",
      mode: "audit",
      notEvaluated: expect.stringContaining("not evaluated yet"),
    });
  });

  test("a member sees of a group the stacks that they may read; who manages policies sees all", async () => {
    const shared = await newStack(t);
    const hidden = await newStack(t);
    const reader = await team(t, "readers", { [shared.path.split("/").slice(-2).join("/")]: 101 });
    await t.db.updateTable("organizations").set({ default_permission: "none" }).execute();
    const stacks = async (as: string) => (await t.send(`GET ${GROUPS}/${DEFAULT}`, undefined, { as })).body.stacks;
    expect(await stacks(reader)).toEqual([reference(shared)]);
    const manager = await person(t, "manager-of-all", "policy-manager");
    expect(await stacks(manager)).toEqual(expect.arrayContaining([reference(shared), reference(hidden)]));
    await t.db.updateTable("organizations").set({ default_permission: "write" }).execute();
  });

  test("a group is made, shown, renamed and removed, each with its event in the log", async () => {
    expect((await t.send(`POST ${GROUPS}`, { name: "prod", entityType: "stacks", agentPoolId: "p1" })).status).toBe(
      200,
    );
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Group Created",
      after: { name: "prod", mode: "preventative", entityType: "stacks" },
      user: { githubLogin: "admin" },
      sourceIP: "127.0.0.1",
    });
    expect(await read(t, "prod")).toEqual({
      name: "prod",
      isOrgDefault: false,
      entityType: "stacks",
      mode: "preventative",
      stacks: [],
      accounts: [],
      appliedPolicyPacks: [],
      agentPoolId: "p1",
    });
    expect((await edit(t, "prod", { newName: "production", mode: "audit" })).status).toBe(200);
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Group Updated",
      description: "Policy group prod: renamed to production, made audit",
      before: { policyGroup: "prod", name: "prod", mode: "preventative" },
      after: { policyGroup: "prod", name: "production", mode: "audit" },
    });
    expect((await t.send(`DELETE ${GROUPS}/production`)).status).toBe(200);
    expect(await newestEvent(t)).toMatchObject({ event: "Policy Group Removed", before: { name: "production" } });
    expect(await t.send(`GET ${GROUPS}/production`)).toMatchObject({ status: 404, body: { id: "group_not_found" } });
  });

  test("the default group takes in stacks that are made later, and single stacks may be removed and added again", async () => {
    const stack = await newStack(t);
    const one = reference(stack);
    expect((await read(t, DEFAULT)).stacks).toContainEqual({ name: one.name, routingProject: "web" });
    expect((await edit(t, DEFAULT, { removeStack: one })).status).toBe(200);
    const without = await read(t, DEFAULT);
    expect(without.stacks).not.toContainEqual(one);
    expect(without.excludedStacks).toContainEqual(one);
    expect((await newestEvent(t)).description).toContain(`stack web/${one.name} taken out`);
    expect(await edit(t, DEFAULT, { removeStack: one })).toMatchObject({
      status: 404,
      body: { id: "group_stack_absent" },
    });
    expect((await edit(t, DEFAULT, { addStack: one })).status).toBe(200);
    expect((await read(t, DEFAULT)).stacks).toContainEqual(one);
  });

  test("a list of stacks for the default group excludes all others", async () => {
    const [a, b] = [reference(await newStack(t)), reference(await newStack(t))];
    const all = (await read(t, DEFAULT)).stacks;
    expect((await edit(t, DEFAULT, { stacks: [a] })).status).toBe(200);
    expect((await read(t, DEFAULT)).stacks).toEqual([a]);
    expect((await summary(DEFAULT)).numStacks).toBe(1);
    expect((await edit(t, DEFAULT, { stacks: all })).status).toBe(200);
    expect((await read(t, DEFAULT)).stacks).toEqual(expect.arrayContaining([a, b]));
  });

  describe("stacks", () => {
    test("stacks are added one by one, replaced by a list, and all removed by an empty list", async () => {
      const [a, b, c] = [reference(await newStack(t)), reference(await newStack(t)), reference(await newStack(t))];
      const group = await newGroup(t);
      await edit(t, group, { addStack: a });
      await edit(t, group, { addStack: b });
      expect((await read(t, group)).stacks).toEqual(expect.arrayContaining([a, b]));
      await edit(t, group, { removeStack: a });
      expect((await read(t, group)).stacks).toEqual([b]);
      await edit(t, group, { stacks: [a, c] });
      expect((await read(t, group)).stacks).toEqual(expect.arrayContaining([a, c]));
      expect((await summary(group)).numStacks).toBe(2);
      expect((await newestEvent(t)).after.stacks).toEqual({ [`web/${a.name}`]: true, [`web/${c.name}`]: true });
      await edit(t, group, { newName: "" });
      expect((await read(t, group)).stacks).toHaveLength(2);
      await edit(t, group, { stacks: [] });
      expect((await read(t, group)).stacks).toEqual([]);
    });

    test("a stack without its project is found while it is the only one of its name", async () => {
      const { name } = reference(await newStack(t));
      const group = await newGroup(t);
      expect((await edit(t, group, { addStack: { name } })).status).toBe(200);
      await t.send("POST /api/stacks/acme/other", { stackName: name });
      expect(await edit(t, group, { addStack: { name } })).toMatchObject({
        status: 400,
        body: { id: "group_unknown_members" },
      });
    });

    test("a removed stack leaves its groups", async () => {
      const stack = await newStack(t);
      const group = await newGroup(t);
      await edit(t, group, { addStack: reference(stack) });
      await t.send(`DELETE ${stack.path}`);
      expect((await read(t, group)).stacks).toEqual([]);
    });
  });

  test("accounts are kept by name, and the answer says that they are not evaluated", async () => {
    const group = await newGroup(t, { entityType: "accounts" });
    await edit(t, group, { addInsightsAccount: { name: "aws/prod", provider: "aws" } });
    await edit(t, group, { addInsightsAccount: { name: "aws/dev" } });
    await edit(t, group, { removeInsightsAccount: { name: "aws/prod" } });
    expect((await read(t, group)).accounts).toEqual(["aws/dev"]);
    await edit(t, group, { insightsAccounts: ["b", "a"] });
    const answer = await t.send(`GET ${GROUPS}/${group}`);
    expect(answer.body).toMatchObject({ accounts: ["a", "b"], mode: "audit", entityType: "accounts" });
    expect(answer.headers["x-pulumi-warning"]).toContain("not evaluated yet");
    expect(await summary(group)).toMatchObject({ numAccounts: 2, numStacks: 0 });
    const list = async (query = "") => (await t.send(`GET ${GROUPS}/${group}/accounts${query}`)).body;
    const [a, b] = ["a", "b"].map((name) => ({ id: name, name, source: "explicit", tags: {} }));
    expect(await list()).toEqual({ accounts: [a, b] });
    expect(await list("?source=rule")).toEqual({ accounts: [] });
    const { continuationToken, ...first } = await list("?count=1");
    expect(first).toEqual({ accounts: [a] });
    expect(await list(`?count=1&continuationToken=${continuationToken}`)).toEqual({ accounts: [b] });
  });

  test.each<[object, object]>([
    [{ mode: "preventative" }, { mode: "preventative", entityType: "stacks" }],
    [{ mode: "audit" }, { mode: "audit", entityType: "stacks" }],
    [{ entityType: "stacks" }, { mode: "preventative", entityType: "stacks" }],
    [{ entityType: "accounts" }, { mode: "audit", entityType: "accounts" }],
    [{ mode: "audit", agentPoolId: null, stackMatchRule: null }, { mode: "audit" }],
    [{ mode: "audit", agentPoolId: "" }, { mode: "audit" }],
  ])("a group that is made with %j is %j", async (body, made) => {
    const name = await newGroup(t, { entityType: undefined, ...body });
    expect(await read(t, name)).toMatchObject(made);
    expect(await read(t, name)).not.toHaveProperty("agentPoolId");
  });

  test("a group's name may have spaces inside", async () => {
    const name = await newGroup(t, { name: "Payment services - EU" });
    expect((await edit(t, name, { newName: "Payment services" })).status).toBe(200);
    expect((await t.send(`GET ${GROUPS}/Payment%20services`)).body).toMatchObject({ name: "Payment services" });
    expect((await t.send(`DELETE ${GROUPS}/Payment%20services`)).status).toBe(200);
  });

  test("a null or empty agent pool removes the agent pool, and removing a rule that does not exist succeeds", async () => {
    for (const agentPoolId of [null, ""]) {
      const group = await newGroup(t, { agentPoolId: "pool" });
      expect((await read(t, group)).agentPoolId).toBe("pool");
      expect((await edit(t, group, { agentPoolId, removeStackMatchRule: true })).status).toBe(200);
      expect(await read(t, group)).not.toHaveProperty("agentPoolId");
    }
  });

  test("only audit groups take accounts, and an audit group that has some can't become preventative", async () => {
    const group = await newGroup(t, { entityType: undefined, mode: "audit" });
    const stack = reference(await newStack(t));
    for (const body of [{ addStack: stack }, { addInsightsAccount: { name: "aws" } }]) {
      expect((await edit(t, group, body)).status).toBe(200);
    }
    expect(await read(t, group)).toMatchObject({ stacks: [stack], accounts: ["aws"] });
    const refused = { status: 400, body: { id: "group_entity_mismatch" } };
    expect(await edit(t, group, { mode: "preventative" })).toMatchObject(refused);
    await edit(t, group, { removeInsightsAccount: { name: "aws" } });
    expect((await edit(t, group, { mode: "preventative" })).status).toBe(200);
    expect(await edit(t, group, { addInsightsAccount: { name: "aws" } })).toMatchObject(refused);
    const accounts = await newGroup(t, { entityType: "accounts" });
    expect(await edit(t, accounts, { mode: "preventative" })).toMatchObject(refused);
  });

  test("a batch applies in order, or not at all", async () => {
    const group = await newGroup(t);
    const pack = await newPack(t);
    const one = reference(await newStack(t));
    const batch = (edits: object[]) => t.send(`PATCH ${GROUPS}/${group}/batch`, edits);
    const refused = await batch([
      { addStack: one },
      { addPolicyPack: { name: pack } },
      { addPolicyPack: { name: "gone" } },
    ]);
    expect(refused).toMatchObject({ status: 404, body: { id: "pack_not_found" } });
    expect(await read(t, group)).toMatchObject({ stacks: [], appliedPolicyPacks: [] });
    const config = { all: { enforcementLevel: "advisory" } };
    const done = await batch([{ addStack: one }, { addPolicyPack: { name: pack, config } }, { removeStack: one }]);
    expect(done.status).toBe(200);
    expect(await read(t, group)).toMatchObject({ stacks: [], appliedPolicyPacks: [{ name: pack, config }] });
  });

  test("a batch of more than 100 edits is refused, because all others may wait for it", async () => {
    const edits = Array.from({ length: 101 }, () => ({ mode: "audit" }));
    expect(await t.send(`PATCH ${GROUPS}/${await newGroup(t)}/batch`, edits)).toMatchObject({ status: 400 });
  });

  test("a list that names a pack 1,000 times reads its configuration once", async () => {
    const group = await newGroup(t);
    const pack = await newPack(t);
    const config = { "no-public": { list: Array.from({ length: 50_000 }, () => ({})) } };
    await edit(t, group, { addPolicyPack: { name: pack } });
    await t.db
      .updateTable("policy_group_packs")
      .set({ config: JSON.stringify(config) })
      .where("pack_id", "in", t.db.selectFrom("policy_packs").where("name", "=", pack).select("id"))
      .execute();
    const policyPacks = Array.from({ length: 1000 }, () => ({ name: pack, versionTag: "1.0.0" }));
    expect(await edit(t, group, { policyPacks })).toMatchObject({ status: 400, body: { id: "pack_listed_twice" } });
  });

  test("a batch that adds a pack which is there already keeps its configuration, and another version takes its place", async () => {
    const group = await newGroup(t);
    const pack = await newPack(t, ["1.0.0", "1.1.0"]);
    const add = async (edit: object) => {
      expect((await t.send(`PATCH ${GROUPS}/${group}/batch`, [{ addPolicyPack: edit }])).status).toBe(200);
      return (await read(t, group)).appliedPolicyPacks;
    };
    const config = { all: { enforcementLevel: "advisory" } };
    const added = await add({ name: pack, version: 0, versionTag: "1.0.0", config });
    expect(added).toMatchObject([{ versionTag: "1.0.0", config }]);
    expect(await add({ name: pack, version: 0, versionTag: "1.0.0" })).toEqual(added);
    expect(await add({ name: pack, version: 1, versionTag: "" })).toEqual(added);
    const [replaced] = await add({ name: pack, version: 0, versionTag: "" });
    expect(replaced).toMatchObject({ versionTag: "1.1.0" });
    expect(replaced).not.toHaveProperty("config");
  });

  describe("two administrators at once", () => {
    test("when two administrators make single changes, all apply", async () => {
      const group = await newGroup(t);
      const stacks = await Promise.all(Array.from({ length: 8 }, () => newStack(t)));
      const packs = [await newPack(t), await newPack(t)];
      const edits = [
        ...stacks.map((stack) => ({ addStack: reference(stack) })),
        ...packs.map((name) => ({ addPolicyPack: { name } })),
      ];
      const answers = await Promise.all(edits.map((body) => edit(t, group, body)));
      expect(answers.map(({ status }) => status)).toEqual(edits.map(() => 200));
      const after = await read(t, group);
      expect(after.stacks).toHaveLength(8);
      expect(after.appliedPolicyPacks).toHaveLength(2);
    });

    test("when two administrators read the list and replace it, one is told to read again", async () => {
      const group = await newGroup(t);
      const [ann, bob] = [await newManager(t), await newManager(t)];
      const [a, b] = [reference(await newStack(t)), reference(await newStack(t))];
      await Promise.all([read(t, group, ann), read(t, group, bob)]);
      const answers = await Promise.all([edit(t, group, { stacks: [a] }, ann), edit(t, group, { stacks: [b] }, bob)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const refused = answers.find(({ status }) => status === 409)?.body;
      expect(refused).toMatchObject({ id: "group_changed", message: expect.stringMatching(/was changed by user\d+/) });
      const winner = answers[0]?.status === 200 ? a : b;
      expect((await read(t, group)).stacks).toEqual([winner]);
      const loser = answers[0]?.status === 200 ? bob : ann;
      const { stacks } = await read(t, group, loser);
      expect((await edit(t, group, { stacks: [...stacks, winner === a ? b : a] }, loser)).status).toBe(200);
      expect((await read(t, group)).stacks).toHaveLength(2);
    });

    test("an administrator who edits twice need not read in between", async () => {
      const group = await newGroup(t);
      const ann = await newManager(t);
      const [a, b] = [reference(await newStack(t)), reference(await newStack(t))];
      await read(t, group, ann);
      for (const stacks of [[a], [a, b], [b]]) expect((await edit(t, group, { stacks }, ann)).status).toBe(200);
    });

    test("an edit whose If-Match does not match any more gets 409", async () => {
      const group = await newGroup(t);
      const { headers } = await t.send(`GET ${GROUPS}/${group}`);
      const change = (mode: string) =>
        t.send(
          `PATCH ${GROUPS}/${group}`,
          { mode },
          {
            headers: {
              authorization: `token ${t.token}`,
              "content-type": "application/json",
              "if-match": String(headers.etag),
            },
          },
        );
      expect((await change("audit")).status).toBe(200);
      expect(await change("preventative")).toMatchObject({ status: 409, body: { id: "group_changed" } });
    });
  });

  test("the groups of a stack are listed by mode", async () => {
    const stack = await newStack(t);
    const [audit, enforcing] = [await newGroup(t, { mode: "audit" }), await newGroup(t)];
    for (const group of [audit, enforcing]) await edit(t, group, { addStack: reference(stack) });
    const names = async (query: string) =>
      (await t.send(`GET ${stack.path}/policygroups${query}`)).body.policyGroups.map(
        ({ name }: { name: string }) => name,
      );
    expect((await names("")).sort()).toEqual([DEFAULT, audit, enforcing].sort());
    expect(await names("?mode=audit")).toEqual([audit]);
    expect((await t.send(`GET ${stack.path}/policygroups?mode=strict`)).status).toBe(400);
  });

  test("coverage counts stacks and their resources by what their groups have enabled", async () => {
    const fresh = await startApp(engine);
    const coverage = async () => (await fresh.send(`GET ${GROUPS}/metadata`)).body;
    const stack = await newStack(fresh);
    await newStack(fresh);
    const update = await stack.run();
    await update.checkpoint({ resources: [{ urn: "urn:pulumi:a::web::t::n", type: "t" }] });
    await update.complete();
    expect(await coverage()).toMatchObject({ TotalStacks: 2, TotalStackResources: 1, ProtectedStacks: 0 });
    const group = await newGroup(fresh, { mode: "audit" });
    await edit(fresh, group, { addStack: reference(stack), addPolicyPack: { name: await newPack(fresh) } });
    await edit(fresh, ACCOUNTS, { addInsightsAccount: { name: "aws" } });
    expect(await coverage()).toMatchObject({
      ProtectedStacks: 1,
      PreventativeStacks: 0,
      AuditStacks: 1,
      AuditStackResources: 1,
      TotalAccounts: 1,
      ProtectedAccounts: 0,
    });
    await fresh.close();
  });
});
