import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import {
  edit,
  followPack,
  groupWithStack,
  needsTeam,
  newestEvent,
  newGroup,
  newPack,
  newVersion,
  read,
  required,
} from "../../testing/group.ts";
import { PACKS, publication, uploadAndComplete } from "../../testing/pack.ts";

describe.each(engines)("a group that follows a pack on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test("each new version is in effect as soon as it is published, with an event in the log", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
    expect(
      (await followPack(t, group, pack, { follow: true, config: { all: { enforcementLevel: "advisory" } } })).status,
    ).toBe(200);
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ versionTag: "2.0.0", follows: true }]);
    await newVersion(t, pack, "1.5.0");
    expect(await required(t, stack)).toMatchObject([
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
    await followPack(t, group, pack, { follow: false });
    await newVersion(t, pack, "3.0.0");
    expect(await required(t, stack)).toMatchObject([{ versionTag: "1.5.0" }]);
  });

  test("a group that pins a version stops following, and an older version that is completed later does not replace a newer one", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t);
    await followPack(t, group, pack, { follow: true });
    const early = await t.send(`POST ${PACKS}`, publication(pack, "1.1.0"));
    await newVersion(t, pack, "1.2.0");
    expect(await required(t, stack)).toMatchObject([{ version: 3 }]);
    await uploadAndComplete(t, { name: pack, version: "1.1.0", uploadURI: early.body.uploadURI });
    expect(await required(t, stack)).toMatchObject([{ version: 3 }]);
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.1.0" } });
    await newVersion(t, pack, "1.3.0");
    expect(await required(t, stack)).toMatchObject([{ versionTag: "1.1.0" }]);
  });

  test("a group whose configuration does not fit keeps what it has; publisher, log and group say so", async () => {
    const { stack, group } = await groupWithStack(t);
    const pack = await newPack(t);
    await followPack(t, group, pack, { follow: true });
    const completed = await newVersion(t, pack, "2.0.0", needsTeam);
    expect(completed.headers["x-pulumi-warning"]).toContain(`Policy group ${group} stays on 1.0.0`);
    expect(await required(t, stack)).toMatchObject([{ versionTag: "1.0.0" }]);
    expect((await newestEvent(t)).description).toContain("policy owner: team: is required");
    expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ follows: true, behind: "2.0.0" }]);
    expect((await followPack(t, group, pack, { follow: true })).status).toBe(400);
    expect((await followPack(t, group, pack, { follow: true, config: { owner: { team: "a" } } })).status).toBe(200);
    expect(await required(t, stack)).toMatchObject([{ versionTag: "2.0.0" }]);
  });

  test("a pack that is not enabled can't stop being followed", async () => {
    const pack = await newPack(t);
    expect(await followPack(t, await newGroup(t), pack, { follow: false })).toMatchObject({
      status: 404,
      body: { id: "pack_not_enabled" },
    });
  });
});
