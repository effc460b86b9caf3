import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, followPack, groupWithStack, read, required } from "../../testing/group.ts";
import { PACKS, publication, uploadAndComplete } from "../../testing/pack.ts";

/** As many as a real pack has. */
const COUNT = 4831;
const names = Array.from({ length: COUNT }, (_, index) => `disallow-something-${index}`);
const schema = {
  type: "object",
  properties: { allowed: { type: "array", items: { type: "string" } }, reason: { type: "string" } },
};

describe.each(engines)("a pack of thousands of policies on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const publish = async (name: string, version: string, more: object = {}) => {
    const policies = names.map((policy) => ({
      name: policy,
      displayName: policy.repeat(3),
      description: "What it disallows, and why that is so. ".repeat(10),
      enforcementLevel: "advisory",
      message: "m",
      configSchema: schema,
    }));
    const reserved = await t.send(`POST ${PACKS}`, { ...publication(name, version), policies, ...more });
    expect(reserved.status).toBe(200);
    return uploadAndComplete(t, { name, version, uploadURI: reserved.body.uploadURI });
  };

  test("a pack of thousands of policies is published, configured policy by policy, required and followed", async () => {
    const { stack, group } = await groupWithStack(t);
    const readme = "A line about one of its policies, as long as such lines are.\n".repeat(40_000);
    await publish("thousands", "1.0.0", { readme });
    const version = (await t.send(`GET ${PACKS}/thousands/versions/1.0.0`)).body;
    expect(version.policies).toHaveLength(COUNT);
    expect(version.readme).toBe(readme);
    const config = Object.fromEntries(
      names.map((name) => [name, { enforcementLevel: "mandatory", allowed: ["a", "b"], reason: "r".repeat(200) }]),
    );
    expect(JSON.stringify(config).length).toBeGreaterThan(1024 * 1024);
    expect((await edit(t, group, { addPolicyPack: { name: "thousands", config } })).status).toBe(200);
    expect((await followPack(t, group, "thousands", { follow: true, config })).status).toBe(200);
    const { appliedPolicyPacks } = await read(t, group);
    expect((await edit(t, group, { policyPacks: appliedPolicyPacks })).status).toBe(200);
    await publish("thousands", "1.1.0");
    expect(await required(t, stack)).toEqual([expect.objectContaining({ versionTag: "1.1.0", config })]);
  });

  test("a configuration that is wrong everywhere is refused with the first problems and their count", async () => {
    const { group } = await groupWithStack(t);
    await publish("wrong", "1.0.0");
    const config = Object.fromEntries(names.map((name) => [name, { reason: 1 }]));
    const refused = await edit(t, group, { addPolicyPack: { name: "wrong", config } });
    expect(refused).toMatchObject({ status: 400, body: { id: "pack_config_invalid" } });
    expect(refused.body.message).toMatch(new RegExp(`; and ${COUNT - 20} more\\.$`));
    expect(refused.body.errors).toHaveLength(100);
  });

  test("a pack that has one of its policies twice is refused", async () => {
    const policies = [...names, names[7]].map((name) => ({ name }));
    expect(await t.send(`POST ${PACKS}`, { ...publication("twice"), policies })).toMatchObject({
      status: 400,
      body: { id: "pack_refused", message: expect.stringContaining(`two policies called ${names[7]}`) },
    });
  });
});
