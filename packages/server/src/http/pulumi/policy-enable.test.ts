import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import {
  edit,
  GROUPS,
  groupWithStack,
  needsTeam,
  newGroup,
  newPack,
  newVersion,
  OWN_GROUPS,
  read,
  required,
} from "../../testing/group.ts";
import { readRaw, sendText } from "../../testing/stack.ts";

describe.each(engines)("enabling policy packs on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test("configuration is kept, and required, to the byte", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t);
    const config = '{ "no-public-bucket":{"n":12345678901234567890.10,"é":"\\u00e9","n":1E400 } }';
    const text = `{"addPolicyPack": {"name":"${pack}", "versionTag":"","config": ${config} }}`;
    expect((await sendText(t, `PATCH ${GROUPS}/${group}`, text)).status).toBe(200);
    expect(await readRaw(t, `${GROUPS}/${group}`)).toContain(`"config":${config}`);
    expect(await readRaw(t, `${stack.path}/policypacks`)).toContain(`"config":${config}`);
    expect(await readRaw(t, "/api/orgs/acme/auditlogs")).toContain(`"config":${config}`);
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
    expect(await readRaw(t, `${GROUPS}/${group}`)).toContain(`"config":${config}`);
  });

  test("a pack that needs configuration can't be enabled without it, and the message has every problem", async () => {
    const { group } = await groupWithStack(t);
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
    const ask = (config: object, version = "1.0.0") =>
      t.send(`POST /api/quillon/orgs/acme/policypacks/${pack}/versions/${version}/config/problems`, { config });
    expect((await ask({})).body).toEqual({
      problems: [{ policy: "owner", property: "team", message: "is required" }],
    });
    expect(
      (await ask(config)).body.problems.map(({ policy, property }: Record<string, string>) => [policy, property]),
    ).toEqual([
      ["gone", ""],
      ["owner", "enforcementLevel"],
      ["all", "team"],
      ["owner", "team"],
    ]);
    expect((await ask({ owner: { team: "a" } }, "latest")).body).toEqual({ problems: [] });
    expect((await ask({}, "9")).body.id).toBe("pack_version_not_found");
    expect((await read(t, group)).appliedPolicyPacks).toEqual([]);
    expect((await edit(t, group, { addPolicyPack: { name: pack, config: { owner: { team: "a" } } } })).status).toBe(
      200,
    );
  });

  test("a configuration that is nested very deep is refused, in a list of packs too", async () => {
    const { group } = await groupWithStack(t);
    const pack = await newPack(t);
    const config = `{"no-public-bucket":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    await edit(t, group, { addPolicyPack: { name: pack } });
    for (const text of [
      `{"addPolicyPack":{"name":"${pack}","config":${config}}}`,
      `{"policyPacks":[{"name":"${pack}","versionTag":"1.0.0","config":${config}}]}`,
    ]) {
      expect(await sendText(t, `PATCH ${GROUPS}/${group}`, text)).toMatchObject({
        status: 400,
        body: { id: "invalid_input" },
      });
    }
    expect((await read(t, group)).appliedPolicyPacks[0]).not.toHaveProperty("config");
  });

  test("another version replaces the one that was enabled, and may go back", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t, ["1.0.0", "1.1.0"]);
    for (const [versionTag, wanted] of [
      ["", "1.1.0"],
      ["1.0.0", "1.0.0"],
      ["2", "1.1.0"],
      ["latest", "1.1.0"],
    ]) {
      expect((await edit(t, group, { addPolicyPack: { name: pack, version: 0, versionTag } })).status).toBe(200);
      expect(await required(t, stack)).toMatchObject([{ name: pack, versionTag: wanted }]);
    }
    await newVersion(t, pack, "1.2.0");
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ versionTag: "1.1.0", version: 2 }]);
  });

  test("the packs of an audit group are never required, and are shown when its mode is asked for", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t);
    await edit(t, group, { addPolicyPack: { name: pack }, mode: "audit" });
    expect(await required(t, stack)).toEqual([]);
    expect(await required(t, stack, "?mode=audit")).toMatchObject([{ name: pack }]);
    expect((await t.send(`POST ${stack.path}/update`, {})).body.requiredPolicies).toEqual([]);
  });

  test("environments survive every GET and PATCH; adding one is refused", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t);
    const add = (environments: string[]) => edit(t, group, { addPolicyPack: { name: pack, environments } });
    expect(await add(["proj/env"])).toMatchObject({ status: 400, body: { id: "pack_environments_unsupported" } });
    await add([]);
    // As from a service that can open them: there is no way to add one here.
    await t.db.updateTable("policy_group_packs").set({ environments: '["proj/env"]' }).execute();
    const environments = ["proj/env"];
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ environments }]);
    expect(await required(t, stack)).toMatchObject([{ environments }]);
    const { appliedPolicyPacks } = await read(t, group);
    expect((await edit(t, group, { policyPacks: appliedPolicyPacks })).status).toBe(200);
    expect((await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } })).status).toBe(200);
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ environments }]);
    expect((await add(["proj/env", "more"])).status).toBe(400);
    expect((await add([])).status).toBe(200);
    expect((await read(t, group)).appliedPolicyPacks[0]).not.toHaveProperty("environments");
  });

  test("a stack's explanation says from which groups it has a pack", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    const [selecting, audit] = [await newGroup(t), await newGroup(t, { mode: "audit" })];
    const name = stack.name;
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
      reason: `it lists the stack; ${selecting} has the newer version 2.0.0`,
    });
    expect(byName.get(selecting)).toMatchObject({
      membership: { by: "rule", conditions: [{ stack: name }] },
      required: true,
    });
    expect(byName.get(audit)).toMatchObject({ mode: "audit", required: false });
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "2.0.0" } });
    const again = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${name}/policypacks?policypack=${pack}`);
    const reasons = again.body.policyPacks[0].groups.map(({ reason }: { reason: string }) => reason);
    expect(reasons).toContainEqual(expect.stringContaining(`${group} has the same version and was edited later`));
  });

  test("nothing enabled after an update was created changes what it must run (invariant 3)", async () => {
    const { stack, group } = await groupWithStack(t);
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
    expect(body.requiredPolicies).toMatchObject([{ name: pack, versionTag: "1.0.0" }]);
    expect(row.required_policies).toMatchObject([{ pack, tag: "1.0.0", levels: { "no-public-bucket": "mandatory" } }]);
  });

  test("when what it must run can't be known, no update is made (invariant 6)", async () => {
    const { stack, group } = await groupWithStack(t);
    await edit(t, group, { addPolicyPack: { name: await newPack(t) } });
    const count = async () => (await t.db.selectFrom("updates").select("id").execute()).length;
    const before = await count();
    const broken = await newGroup(t);
    // As if damaged, or written by a newer server.
    await t.db.updateTable("policy_groups").set({ stack_rule: '{"none":[]}' }).where("name", "=", broken).execute();
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
});
