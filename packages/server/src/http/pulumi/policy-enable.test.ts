import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import {
  edit,
  GROUPS,
  newestEvent,
  newGroup,
  newManager,
  newPack,
  newVersion,
  OWN_GROUPS,
  read,
} from "../../testing/group.ts";
import { PACKS, publication, uploadAndComplete } from "../../testing/pack.ts";
import { newStack, sendText, type TestStack } from "../../testing/stack.ts";

const level = { type: "string", enum: ["advisory", "mandatory", "remediate", "disabled"] };
const needsTeam = [
  {
    name: "owner",
    configSchema: {
      type: "object",
      properties: { enforcementLevel: level, team: { type: "string" } },
      required: ["team"],
    },
  },
];

describe.each(engines)("enabling policy packs on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const rawAnswer = async (path: string) =>
    (await t.app.inject({ url: path, headers: { authorization: `token ${t.token}` } })).body;
  const grouped = async (): Promise<{ stack: TestStack; group: string }> => {
    const stack = await newStack(t);
    const group = await newGroup(t);
    const name = stack.path.split("/").at(-1);
    await edit(t, group, { addStack: { name, routingProject: "web" } });
    return { stack, group };
  };
  const required = async ({ path }: TestStack, query = "") =>
    (await t.send(`GET ${path}/policypacks${query}`)).body.requiredPolicies;
  const follow = (group: string, pack: string, body: object) =>
    t.send(`PUT ${OWN_GROUPS}/${group}/policypacks/${pack}/follow`, body);

  test("configuration is kept, and required, to the byte", async () => {
    const { stack, group } = await grouped();
    const pack = await newPack(t);
    const config = '{ "no-public-bucket":{"n":12345678901234567890.10,"é":"\\u00e9","n":1E400 } }';
    const text = `{"addPolicyPack": {"name":"${pack}", "versionTag":"","config": ${config} }}`;
    expect((await sendText(t, `PATCH ${GROUPS}/${group}`, text)).status).toBe(200);
    expect(await rawAnswer(`${GROUPS}/${group}`)).toContain(`"config":${config}`);
    expect(await rawAnswer(`${stack.path}/policypacks`)).toContain(`"config":${config}`);
    expect(await rawAnswer("/api/orgs/acme/auditlogs")).toContain(`"config":${config}`);
    const created = await t.app.inject({
      method: "POST",
      url: `${stack.path}/update`,
      headers: { authorization: `token ${t.token}`, "content-type": "application/json" },
      payload: "{}",
    });
    expect(created.body).toContain(`"config":${config}`);
    const batch = await sendText(
      t,
      `PATCH ${GROUPS}/${group}/batch`,
      `[{},{"policyPacks":[{"name":"${pack}","versionTag":"1.0.0","config":${config}}]}]`,
    );
    expect(batch.status).toBe(200);
    expect(await rawAnswer(`${GROUPS}/${group}`)).toContain(`"config":${config}`);
  });

  test("what a client sends back as it read it stays untouched, to the byte", async () => {
    const { group } = await grouped();
    const [pack, other] = [await newPack(t), await newPack(t)];
    const config = '{"all":{ "enforcementLevel":"advisory" },"no-public-bucket":{"n":1.0}}';
    await sendText(t, `PATCH ${GROUPS}/${group}`, `{"addPolicyPack":{"name":"${pack}","config":${config}}}`);
    const { appliedPolicyPacks } = await read(t, group);
    const event = await newestEvent(t);
    await edit(t, group, { policyPacks: appliedPolicyPacks });
    expect(await newestEvent(t)).toEqual(event);
    await edit(t, group, { policyPacks: [...appliedPolicyPacks, { name: other }] });
    expect(await rawAnswer(`${GROUPS}/${group}`)).toContain(`"config":${config}`);
    expect((await newestEvent(t)).after).toMatchObject({ policyPacks: { [other]: { versionTag: "1.0.0" } } });
    expect((await newestEvent(t)).after.policyPacks).not.toHaveProperty(pack);
    await edit(t, group, { policyPacks: [] });
    expect((await read(t, group)).appliedPolicyPacks).toEqual([]);
  });

  test("a pack that needs configuration can't be enabled without, and every problem is told at once", async () => {
    const { group } = await grouped();
    const pack = await newPack(t, ["1.0.0"], needsTeam);
    const without = await edit(t, group, { addPolicyPack: { name: pack } });
    expect(without).toMatchObject({
      status: 400,
      body: {
        id: "pack_config_invalid",
        message: `The configuration of policy pack ${pack} 1.0.0 is not valid: policy owner: team: is required.`,
        errors: [{ resource: "owner", attribute: "team", customMessage: "is required" }],
      },
    });
    const config = { owner: { team: 5, enforcementLevel: "strict" }, gone: {}, all: { team: "a" } };
    const wrong = await edit(t, group, { addPolicyPack: { name: pack, config } });
    expect(wrong.body.errors.map(({ resource, attribute }: Record<string, string>) => [resource, attribute])).toEqual([
      ["gone", undefined],
      ["owner", "enforcementLevel"],
      ["all", "team"],
      ["owner", "team"],
    ]);
    expect((await read(t, group)).appliedPolicyPacks).toEqual([]);
    expect((await edit(t, group, { addPolicyPack: { name: pack, config: { owner: { team: "a" } } } })).status).toBe(
      200,
    );
  });

  test("a bomb of nesting in a configuration is refused, in a list of packs too", async () => {
    const { group } = await grouped();
    const pack = await newPack(t);
    const config = `{"no-public-bucket":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    await edit(t, group, { addPolicyPack: { name: pack } });
    for (const text of [
      `{"addPolicyPack":{"name":"${pack}","config":${config}}}`,
      `{"policyPacks":[{"name":"${pack}","versionTag":"1.0.0","config":${config}}]}`,
    ]) {
      expect(await sendText(t, `PATCH ${GROUPS}/${group}`, text)).toMatchObject({
        status: 400,
        body: { id: "pack_config_invalid" },
      });
    }
    expect((await read(t, group)).appliedPolicyPacks[0]).not.toHaveProperty("config");
  });

  test("another version replaces the one that was enabled, and may go back", async () => {
    const { stack, group } = await grouped();
    const pack = await newPack(t, ["1.0.0", "1.1.0"]);
    for (const [versionTag, wanted] of [
      ["", "1.1.0"],
      ["1.0.0", "1.0.0"],
      ["2", "1.1.0"],
      ["latest", "1.1.0"],
    ]) {
      expect((await edit(t, group, { addPolicyPack: { name: pack, version: 0, versionTag } })).status).toBe(200);
      expect(await required(stack)).toMatchObject([{ name: pack, versionTag: wanted }]);
    }
    await newVersion(t, pack, "1.2.0");
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ versionTag: "1.1.0", version: 2 }]);
  });

  describe("a list that has what is there and one entry more, as newer CLIs add a pack", () => {
    const config = { "no-public-bucket": { n: 1 } };
    const cases = [
      { added: "another tag", entry: { versionTag: "1.1.0" }, wanted: { version: 2 } },
      { added: "another integer", entry: { version: 2 }, wanted: { version: 2 } },
      { added: "no version, for the newest", entry: {}, wanted: { version: 2 } },
      { added: "the same tag", entry: { versionTag: "1.0.0" }, wanted: { version: 1, config }, stays: true },
      { added: "the same integer", entry: { version: 1 }, wanted: { version: 1, config }, stays: true },
      {
        added: "the same version with other configuration",
        entry: { versionTag: "1.0.0", config: { all: { enforcementLevel: "advisory" } } },
        wanted: { version: 1, config: { all: { enforcementLevel: "advisory" } } },
      },
    ];
    test.each(cases)("$added", async ({ entry, wanted, stays }) => {
      const group = await newGroup(t);
      const pack = await newPack(t, ["1.0.0", "1.1.0"]);
      await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0", config } });
      const before = await read(t, group);
      const answer = await edit(t, group, { policyPacks: [...before.appliedPolicyPacks, { name: pack, ...entry }] });
      expect(answer.status).toBe(200);
      const { appliedPolicyPacks } = await read(t, group);
      expect(appliedPolicyPacks).toHaveLength(1);
      expect(appliedPolicyPacks[0]).toMatchObject({ name: pack, ...wanted });
      if (!("config" in wanted)) expect(appliedPolicyPacks[0]).not.toHaveProperty("config");
      if (stays) expect(answer.headers["x-pulumi-warning"]).toContain("keeps the policy packs that it has");
      else expect(answer.headers).not.toHaveProperty("x-pulumi-warning");
    });

    test("two entries more are refused", async () => {
      const group = await newGroup(t);
      const pack = await newPack(t, ["1.0.0", "1.1.0", "1.2.0"]);
      await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
      const { appliedPolicyPacks } = await read(t, group);
      const more = ["1.1.0", "1.2.0"].map((versionTag) => ({ name: pack, versionTag }));
      const refused = await edit(t, group, { policyPacks: [...appliedPolicyPacks, ...more] });
      expect(refused).toMatchObject({ status: 400, body: { id: "pack_listed_twice" } });
      expect((await read(t, group)).appliedPolicyPacks).toEqual(appliedPolicyPacks);
    });
  });

  test("whoever takes nothing out of a list of packs is told how to", async () => {
    const group = await newGroup(t);
    const pack = await newPack(t);
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
    const { appliedPolicyPacks } = await read(t, group);
    const { headers } = await edit(t, group, { agentPoolId: "pool", policyPacks: appliedPolicyPacks });
    expect(headers["x-pulumi-warning"]).toContain(`pulumi policy disable acme/PACK --policy-group ${group}`);
    const emptied = await edit(t, group, { policyPacks: [] });
    expect(emptied.headers).not.toHaveProperty("x-pulumi-warning");
  });

  test("an audit group is never required, and shown by its mode", async () => {
    const { stack, group } = await grouped();
    const pack = await newPack(t);
    await edit(t, group, { addPolicyPack: { name: pack }, mode: "audit" });
    expect(await required(stack)).toEqual([]);
    expect(await required(stack, "?mode=audit")).toMatchObject([{ name: pack }]);
    expect((await t.send(`POST ${stack.path}/update`, {})).body.requiredPolicies).toEqual([]);
  });

  test("environments survive every GET and PATCH; adding one is refused", async () => {
    const { stack, group } = await grouped();
    const pack = await newPack(t);
    const add = (environments: string[]) => edit(t, group, { addPolicyPack: { name: pack, environments } });
    expect(await add(["proj/env"])).toMatchObject({ status: 400, body: { id: "pack_environments_unsupported" } });
    await add([]);
    // As from a service that can open them: there is no way to add one here.
    await t.db.updateTable("policy_group_packs").set({ environments: '["proj/env"]' }).execute();
    const environments = ["proj/env"];
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ environments }]);
    expect(await required(stack)).toMatchObject([{ environments }]);
    const { appliedPolicyPacks } = await read(t, group);
    expect((await edit(t, group, { policyPacks: appliedPolicyPacks })).status).toBe(200);
    expect((await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } })).status).toBe(200);
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ environments }]);
    expect((await add(["proj/env", "more"])).status).toBe(400);
    expect((await add([])).status).toBe(200);
    expect((await read(t, group)).appliedPolicyPacks[0]).not.toHaveProperty("environments");
  });

  describe("following", () => {
    test("each new version is in effect as soon as it is published, and in the log", async () => {
      const { stack, group } = await grouped();
      const pack = await newPack(t, ["1.0.0", "2.0.0"]);
      await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
      expect(
        (await follow(group, pack, { follow: true, config: { all: { enforcementLevel: "advisory" } } })).status,
      ).toBe(200);
      expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ versionTag: "2.0.0", follows: true }]);
      await newVersion(t, pack, "1.5.0");
      expect(await required(stack)).toMatchObject([
        { versionTag: "1.5.0", version: 3, config: { all: { enforcementLevel: "advisory" } } },
      ]);
      expect(await newestEvent(t)).toMatchObject({
        event: "Policy Group Updated",
        description: `Policy group ${group}: policy pack ${pack} 2.0.0 replaced by 1.5.0, because the group follows it`,
        before: { policyPacks: { [pack]: { versionTag: "2.0.0" } } },
        after: { policyPacks: { [pack]: { versionTag: "1.5.0", follows: true } } },
      });
      const { appliedPolicyPacks } = await read(t, group);
      await edit(t, group, { policyPacks: appliedPolicyPacks });
      expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ follows: true }]);
      await follow(group, pack, { follow: false });
      await newVersion(t, pack, "3.0.0");
      expect(await required(stack)).toMatchObject([{ versionTag: "1.5.0" }]);
    });

    test("pinning a version ends it, and a version completed out of turn is not newer", async () => {
      const { stack, group } = await grouped();
      const pack = await newPack(t);
      await follow(group, pack, { follow: true });
      const early = await t.send(`POST ${PACKS}`, publication(pack, "1.1.0"));
      await newVersion(t, pack, "1.2.0");
      expect(await required(stack)).toMatchObject([{ version: 3 }]);
      await uploadAndComplete(t, { name: pack, version: "1.1.0", uploadURI: early.body.uploadURI });
      expect(await required(stack)).toMatchObject([{ version: 3 }]);
      await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.1.0" } });
      await newVersion(t, pack, "1.3.0");
      expect(await required(stack)).toMatchObject([{ versionTag: "1.1.0" }]);
    });

    test("a group whose configuration does not fit keeps what it has; publisher, log and group say so", async () => {
      const { stack, group } = await grouped();
      const pack = await newPack(t);
      await follow(group, pack, { follow: true });
      const completed = await newVersion(t, pack, "2.0.0", needsTeam);
      expect(completed.headers["x-pulumi-warning"]).toContain(`Policy group ${group} stays on 1.0.0`);
      expect(await required(stack)).toMatchObject([{ versionTag: "1.0.0" }]);
      expect((await newestEvent(t)).description).toContain("policy owner: team: is required");
      expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ follows: true, behind: "2.0.0" }]);
      expect((await follow(group, pack, { follow: true })).status).toBe(400);
      expect((await follow(group, pack, { follow: true, config: { owner: { team: "a" } } })).status).toBe(200);
      expect(await required(stack)).toMatchObject([{ versionTag: "2.0.0" }]);
    });

    test("what is not enabled can't be let go", async () => {
      const pack = await newPack(t);
      expect(await follow(await newGroup(t), pack, { follow: false })).toMatchObject({
        status: 404,
        body: { id: "pack_not_enabled" },
      });
    });
  });

  describe("selectors", () => {
    const select = (group: string, selector: unknown) => t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector });

    test("membership follows stacks as they are made, tagged, renamed and removed", async () => {
      const group = await newGroup(t);
      const pack = await newPack(t);
      await edit(t, group, { addPolicyPack: { name: pack } });
      await select(group, { all: [{ tag: "tier", value: "gold" }], except: [{ stack: "sandbox*" }] });
      const stack = await newStack(t, { tags: { tier: "gold" } });
      expect(await required(stack)).toMatchObject([{ name: pack }]);
      const name = stack.path.split("/").at(-1);
      expect((await read(t, group)).stacks).toEqual([{ name, routingProject: "web" }]);
      await t.send(`PATCH ${stack.path}/tags`, { tier: "silver" });
      expect(await required(stack)).toEqual([]);
      await t.send(`PATCH ${stack.path}/tags`, { tier: "gold" });
      expect(await required(stack)).toMatchObject([{ name: pack }]);
      await t.send(`POST ${stack.path}/rename`, { newName: "sandbox1" });
      const renamed = { ...stack, path: "/api/stacks/acme/web/sandbox1" };
      expect(await required(renamed)).toEqual([]);
      await t.send(`DELETE ${renamed.path}`);
      const groups = (await t.send(`GET ${GROUPS}`)).body.policyGroups;
      expect(groups.find((one: { name: string }) => one.name === group).numStacks).toBe(0);
      expect((await select(group, null)).status).toBe(200);
      expect(await read(t, group)).not.toHaveProperty("selector");
    });

    test("what is there by the selector is neither listed twice nor left out by a list", async () => {
      const group = await newGroup(t);
      const [mine, other] = [await newStack(t, { tags: { mark: "x" } }), await newStack(t)];
      const [a, b] = [mine, other].map(({ path }) => ({ name: path.split("/").at(-1), routingProject: "web" }));
      await select(group, { any: [{ tag: "mark" }] });
      expect((await edit(t, group, { stacks: [a, b] })).status).toBe(200);
      await select(group, null);
      expect((await read(t, group)).stacks).toEqual([b]);
      await select(group, { any: [{ tag: "mark" }] });
      for (const body of [{ stacks: [b] }, { removeStack: a }]) {
        expect(await edit(t, group, body)).toMatchObject({ status: 400, body: { id: "group_stack_selected" } });
      }
    });

    test.each<[string, unknown, string]>([
      ["asks for nothing", {}, "selector_invalid"],
      ["has a pattern that ends in a backslash", { all: [{ project: "a\\" }] }, "selector_invalid"],
      ["has an unknown condition", { all: [{ color: "red" }] }, "invalid_input"],
      ["asks two things in one condition", { all: [{ project: "a", stack: "b" }] }, "invalid_input"],
      ["has a pattern of 201 characters", { all: [{ project: "a".repeat(201) }] }, "invalid_input"],
      ["has 51 conditions", { any: Array(51).fill({ project: "a" }) }, "invalid_input"],
      ["is no object", "web-*", "invalid_input"],
    ])("one that %s is refused", async (_, selector, id) => {
      const group = await newGroup(t);
      expect(await select(group, selector)).toMatchObject({ status: 400, body: { id } });
      expect(await read(t, group)).not.toHaveProperty("selector");
    });

    test("default groups and groups of accounts have none", async () => {
      const selector = { all: [{ project: "*" }] };
      expect(await select("default-policy-group", selector)).toMatchObject({
        status: 400,
        body: { id: "group_default" },
      });
      expect((await select(await newGroup(t, { entityType: "accounts" }), selector)).status).toBe(400);
    });

    test("which stacks a selector matches, a page at a time", async () => {
      const fresh = await startApp(engine);
      const { org } = { org: await fresh.db.selectFrom("organizations").select("id").executeTakeFirstOrThrow() };
      const rows = Array.from({ length: 501 }, (_, index) => ({
        organization_id: org.id,
        project: index % 2 ? "a" : "b",
        name: `s${index}`,
        tags: "{}",
        data_key: Buffer.alloc(1),
      }));
      await fresh.db.insertInto("stacks").values(rows).execute();
      const matches = async (selector: object, token = "") =>
        (await fresh.send(`POST /api/quillon/orgs/acme/selector/matches${token}`, { selector })).body;
      const some = await matches({ all: [{ project: "a" }] });
      expect(some).toMatchObject({ stacks: expect.any(Array) });
      expect(some.stacks).toHaveLength(250);
      const first = await matches({ all: [{ stack: "s*" }] });
      const second = await matches({ all: [{ stack: "s*" }] }, `?continuationToken=${first.continuationToken}`);
      expect([first.stacks.length, second.stacks.length]).toEqual([500, 1]);
      expect(second).not.toHaveProperty("continuationToken");
      expect((await matches({ all: [{ stack: "s*" }] }, "?continuationToken=x")).id).toBe("invalid_input");
      await fresh.close();
    });
  });

  test("why a stack has a pack", async () => {
    const { stack, group } = await grouped();
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    const [selecting, audit] = [await newGroup(t), await newGroup(t, { mode: "audit" })];
    const name = stack.path.split("/").at(-1) ?? "";
    await t.send(`PUT ${OWN_GROUPS}/${selecting}/selector`, { selector: { all: [{ stack: name }] } });
    await edit(t, audit, { addStack: { name, routingProject: "web" } });
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
    for (const one of [selecting, audit]) await edit(t, one, { addPolicyPack: { name: pack } });
    const { body } = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${name}/policypacks?policypack=${pack}`);
    const byName = new Map(body.policyPacks[0].groups.map((one: { name: string }) => [one.name, one]));
    expect(byName.get(group)).toMatchObject({
      membership: { by: "explicit" },
      versionTag: "1.0.0",
      required: false,
      reason: `${group} lists the stack; ${selecting} has the newer version 2.0.0`,
    });
    expect(byName.get(selecting)).toMatchObject({
      membership: { by: "selector", conditions: [{ stack: name }] },
      required: true,
    });
    expect(byName.get(audit)).toMatchObject({ mode: "audit", required: false });
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "2.0.0" } });
    const again = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${name}/policypacks?policypack=${pack}`);
    const reasons = again.body.policyPacks[0].groups.map(({ reason }: { reason: string }) => reason);
    expect(reasons).toContainEqual(expect.stringContaining(`${group} has the same version and was edited later`));
  });

  test("nothing enabled after an update was created changes what it must run (invariant 3)", async () => {
    const { stack, group } = await grouped();
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
    const { body } = await t.send(`POST ${stack.path}/update`, {});
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "2.0.0" } });
    await edit(t, group, { addPolicyPack: { name: await newPack(t) } });
    expect((await stack.start(body.updateID)).status).toBe(200);
    const row = await t.db
      .selectFrom("updates")
      .where("id", "=", body.updateID)
      .select("required_policies")
      .executeTakeFirstOrThrow();
    const sent = body.requiredPolicies.map(({ packLocation: _, ...policy }: Record<string, unknown>) => policy);
    expect(row.required_policies).toEqual(sent);
    expect(row.required_policies).toMatchObject([{ name: pack, versionTag: "1.0.0" }]);
  });

  test("when what it must run can't be known, no update is made (invariant 6)", async () => {
    const { stack, group } = await grouped();
    await edit(t, group, { addPolicyPack: { name: await newPack(t) } });
    const count = async () => (await t.db.selectFrom("updates").select("id").execute()).length;
    const before = await count();
    const broken = await newGroup(t);
    // As if damaged, or written by a newer server.
    await t.db.updateTable("policy_groups").set({ selector: '{"none":[]}' }).where("name", "=", broken).execute();
    for (const kind of ["update", "preview", "refresh", "destroy"]) {
      expect(await t.send(`POST ${stack.path}/${kind}`, {})).toMatchObject({
        status: 500,
        body: { id: "required_policies_unknown" },
      });
    }
    await t.db.deleteFrom("policy_groups").where("name", "=", broken).execute();
    await sql`alter table policy_group_packs rename to out_of_reach`.execute(t.db);
    expect(await t.send(`POST ${stack.path}/update`, {})).toMatchObject({
      status: 500,
      body: { id: "required_policies_unknown" },
    });
    await sql`alter table out_of_reach rename to policy_group_packs`.execute(t.db);
    expect(await count()).toBe(before);
    expect((await t.send(`POST ${stack.path}/update`, {})).status).toBe(200);
  });

  describe("the audit log", () => {
    test("is paged, filtered by event, user and time, at both of its paths", async () => {
      const ann = await newManager(t);
      const group = await newGroup(t);
      for (let round = 0; round < 51; round += 1) {
        await edit(t, group, { mode: "audit" }, ann);
        await edit(t, group, { mode: "preventative" }, ann);
      }
      const { actorName } = await newestEvent(t);
      const log = async (query: string, path = "auditlogs") =>
        (await t.send(`GET /api/orgs/acme/${path}?${query}`)).body;
      const first = await log(`userFilter=${actorName}`);
      expect(first.auditLogEvents).toHaveLength(100);
      const rest = await log(`userFilter=${actorName}&continuationToken=${first.continuationToken}`, "auditlogs/v2");
      expect(rest.auditLogEvents).toHaveLength(2);
      expect(rest).not.toHaveProperty("continuationToken");
      const { timestamp } = first.auditLogEvents[0];
      expect((await log(`startTime=${timestamp + 3600}`)).auditLogEvents).toEqual([]);
      expect((await log(`endTime=${timestamp - 3600}`)).auditLogEvents).toEqual([]);
      expect(
        (await log(`userFilter=${actorName}&startTime=${timestamp - 3600}&endTime=${timestamp}`)).auditLogEvents,
      ).toHaveLength(100);
      expect((await log("eventFilter=Policy%20Pack%20Removed")).auditLogEvents).toEqual([]);
      expect((await log("continuationToken=x")).id).toBe("invalid_input");
      expect((await log("format=csv")).id).toBe("invalid_input");
    });

    test("can't be rewritten, only added to", async () => {
      const refused = /append-only/;
      await expect(t.db.updateTable("audit_log").set({ login: "nobody" }).execute()).rejects.toThrow(refused);
      await expect(t.db.deleteFrom("audit_log").execute()).rejects.toThrow(refused);
    });

    test("holds no token and no signed URL", async () => {
      const texts = JSON.stringify(await t.db.selectFrom("audit_log").selectAll().execute());
      expect(texts).not.toContain(t.token);
      expect(texts).not.toContain("signature=");
    });

    test("of a change that was refused there is nothing, and of a removed pack what it was", async () => {
      const pack = await newPack(t, ["1.0.0", "1.1.0"]);
      expect(await newestEvent(t)).toMatchObject({
        event: "Policy Pack Published",
        description: `Policy pack ${pack} 1.1.0`,
        after: { policyPack: pack, versionTag: "1.1.0", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
      await t.send(`DELETE ${PACKS}/${pack}/versions/1.0.0`);
      expect(await newestEvent(t)).toMatchObject({
        event: "Policy Pack Version Removed",
        before: { policyPack: pack, versionTag: "1.0.0" },
      });
      await t.send(`DELETE ${PACKS}/${pack}`);
      expect(await newestEvent(t)).toMatchObject({ event: "Policy Pack Removed", before: { policyPack: pack } });
      const event = await newestEvent(t);
      await t.send(`DELETE ${PACKS}/${pack}`);
      expect(await newestEvent(t)).toEqual(event);
    });
  });
});
