import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { age, EXCEPTIONS, except, urnIn } from "../../testing/exception.ts";
import { edit, newManager, newPack, newVersion, requirePack } from "../../testing/group.ts";
import { PACKS, publication } from "../../testing/pack.ts";
import { policyRun, urnOf } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const NEWER = "pulumi-cli/1 (v3.274.1; linux)";
const OLDER = "pulumi-cli/1 (v3.220.0; linux)";
const needed = [
  { name: "no-public-bucket", enforcementLevel: "mandatory" },
  { name: "other", configSchema: { properties: { n: { type: "number" } } } },
];

describe.each(engines)("exceptions that go with an update on $name", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "rules", needed);
    await requirePack(t, "others");
  });
  afterAll(() => t.close());

  const as = (agent: string) => ({ headers: { authorization: `token ${t.token}`, "user-agent": agent } });
  const create = async (agent: string, on = stack) =>
    (await t.app.inject({ method: "POST", url: `${on.path}/update`, payload: {}, ...as(agent) })).json();
  const rules = ({ requiredPolicies }: { requiredPolicies: { name: string }[] }) =>
    requiredPolicies.find(({ name }) => name === "rules") as { config?: object; exceptions?: object };
  const recorded = async (update: string, on = stack) =>
    (await t.send(`GET /api/quillon/orgs/acme/stacks/web/${on.name}/updates/${update}/exceptions`)).body;
  const entry = (targets: string[]) => [{ policies: ["no-public-bucket"], targets }];

  test("are those of its stack and of its packs that are active when it is created, for newer clients as a field", async () => {
    stack = await newStack(t);
    const other = await newStack(t);
    const ended = await except(t, "rules", [urnIn(stack.name)], { expiresInSeconds: 3600 });
    await age(t, ended, 1);
    const removed = await except(t, "rules", [urnIn(stack.name)]);
    await t.send(`DELETE ${EXCEPTIONS}/${removed}`);
    await except(t, "rules", [urnIn(other.name)]);
    await except(t, "rules", [urnIn(stack.name, "rex", "elsewhere")]);
    const unused = await newPack(t);
    await except(t, unused, [urnIn(stack.name)]);
    const first = await except(t, "rules", [urnIn(stack.name)]);
    const second = await except(t, "rules", [urnIn(other.name), urnIn(stack.name, "tom")], { expiresInSeconds: 7200 });
    const created = await create(NEWER);
    const exceptions = {
      [first]: { reason: expect.any(String), match: entry([urnIn(stack.name)]) },
      [second]: { reason: expect.any(String), match: entry([urnIn(stack.name, "tom")]) },
    };
    expect(rules(created).exceptions).toEqual(exceptions);
    expect(rules(created)).not.toHaveProperty("config");
    expect(created.requiredPolicies.find(({ name }: { name: string }) => name === "others")).not.toHaveProperty(
      "exceptions",
    );
    const next = await t.app.inject({ url: `${stack.path}/policypacks`, ...as(NEWER) });
    expect(rules(next.json()).exceptions).toEqual(exceptions);
    expect(rules(await create(NEWER, await newStack(t)))).not.toHaveProperty("exceptions");
  });

  test("are recorded with it as they were, and what comes later does not change them", async () => {
    stack = await newStack(t);
    const id = await except(t, "rules", [urnIn(stack.name)], { expiresInSeconds: 3600 });
    const { updateID } = await create(NEWER);
    await t.send(`DELETE ${EXCEPTIONS}/${id}`);
    await except(t, "rules", [urnIn(stack.name, "late")]);
    const { body: started } = await stack.start(updateID);
    const shown = {
      updateID,
      packs: [
        {
          policyPack: "rules",
          version: 1,
          versionTag: "1.0.0",
          appliedBy: "engine",
          exceptions: [
            { id, reason: expect.any(String), expiresAt: expect.any(String), match: entry([urnIn(stack.name)]) },
          ],
        },
      ],
    };
    expect(await recorded(updateID)).toEqual(shown);
    expect(await recorded("latest")).toEqual(shown);
    await stack.update({ id: updateID, ...started }).complete();
    expect(await recorded("1")).toEqual(shown);
    const { body } = await t.send(`GET /api/quillon/orgs/acme/receipts/${updateID}`);
    const packs = JSON.parse(body.receipt).packs as { pack: string }[];
    expect(packs.find(({ pack }) => pack === "rules")).toMatchObject({
      exceptionsBy: "engine",
      exceptions: [{ id, expiresAt: expect.any(String) }],
    });
    expect(packs.find(({ pack }) => pack === "others")).not.toHaveProperty("exceptions");
  });

  test("travel to older clients in the pack's configuration, which is stored and digested without them", async () => {
    stack = await newStack(t);
    const before = rules(await create(OLDER));
    expect(before).not.toHaveProperty("config");
    const id = await except(t, "rules", [urnIn(stack.name)], { expiresInSeconds: 3600 });
    const passed = {
      enforcementLevel: "advisory",
      exceptions: {
        [id]: { reason: expect.any(String), expiresAt: expect.any(String), match: entry([urnIn(stack.name)]) },
      },
    };
    const created = await create(OLDER);
    expect(rules(created).config).toEqual({ "quillon:exceptions": passed });
    const next = await t.app.inject({ url: `${stack.path}/policypacks`, ...as(OLDER) });
    expect(rules(next.json()).config).toEqual({ "quillon:exceptions": passed });
    const { body: started } = await stack.start(created.updateID);
    expect((await recorded(created.updateID)).packs[0]).toMatchObject({ appliedBy: "pack", exceptions: [{ id }] });
    await stack.update({ id: created.updateID, ...started }).complete();
    const { body } = await t.send(`GET /api/quillon/orgs/acme/receipts/${created.updateID}`);
    const [pack] = JSON.parse(body.receipt).packs.filter((one: { pack: string }) => one.pack === "rules");
    expect(pack).toMatchObject({ exceptionsBy: "pack", configSha256: null });
  });

  test("beside what is configured, which stays as it was sent", async () => {
    stack = await newStack(t);
    await except(t, "rules", [urnIn(stack.name)]);
    const enabled = await t.send("PATCH /api/orgs/acme/policygroups/default-policy-group", undefined, {
      headers: { authorization: `token ${t.token}`, "content-type": "application/json" },
      payload: '{"addPolicyPack":{"name":"rules","versionTag":"1.0.0","config":{"other":{"n":1.00}}}}',
    });
    expect(enabled.status).toBe(200);
    const { payload } = await t.app.inject({ method: "POST", url: `${stack.path}/update`, payload: {}, ...as(OLDER) });
    expect(payload).toContain(
      '"config":{"other":{"n":1.00},"quillon:exceptions":{"enforcementLevel":"advisory","exceptions":{"EXC-',
    );
    const newer = await t.app.inject({ method: "POST", url: `${stack.path}/update`, payload: {}, ...as(NEWER) });
    expect(newer.payload).toContain('"config":{"other":{"n":1.00}}');
    await edit(t, "default-policy-group", { addPolicyPack: { name: "rules", versionTag: "1.0.0" } });
  });

  test("let a run be settled although one of them names what can't be stored", async () => {
    stack = await newStack(t);
    const urn = urnOf(stack.name, "rex");
    await except(t, "rules", [urn]);
    const { updateID } = await create(OLDER);
    await sql`update updates set required_policies = replace(required_policies::text, '::rex"', '::rex","urn\\u0000","\\ud800"')::json
      where id = ${updateID}`.execute(t.db);
    await policyRun(stack, { created: updateID, pack: "rules", lines: ["rex !no-public-bucket"] });
    const { body } = await t.send(`GET ${stack.path}`);
    const found = t.db.selectFrom("findings").where("stack_id", "=", body.id).select(["ended", "urn"]);
    expect(await found.execute()).toEqual([{ ended: "excepted", urn }]);
  });

  test("are nobody's to configure: no pack has a policy of the entry's name, and no configuration has the entry", async () => {
    const manager = await newManager(t);
    const named = { ...publication("sly"), policies: [{ name: "quillon:exceptions" }] };
    expect((await t.send(`POST ${PACKS}`, named, { as: manager })).status).toBe(400);
    await newVersion(t, "plain", "1.0.0");
    const config = { "quillon:exceptions": { exceptions: {} } };
    const { status, body } = await edit(t, "default-policy-group", {
      addPolicyPack: { name: "plain", versionTag: "1.0.0", config },
    });
    expect(status).toBe(400);
    expect(body.message).toContain("quillon:exceptions: the name is the server's");
  });
});
