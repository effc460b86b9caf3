import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import {
  edit,
  followPack,
  GROUPS,
  groupWithStack,
  needsTeam,
  newestEvent,
  newGroup,
  newPack,
  newVersion,
  read,
  required,
} from "../../testing/group.ts";
import { PACKS, publish } from "../../testing/pack.ts";
import { readRaw, sendText } from "../../testing/stack.ts";

describe.each(engines)("lists of a group's packs on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test("what a client sends back as it read it stays untouched, to the byte", async () => {
    const { group } = await groupWithStack(t);
    const [pack, other] = [await newPack(t), await newPack(t)];
    const config = '{"all":{ "enforcementLevel":"advisory" },"no-public-bucket":{"n":1.0}}';
    await sendText(t, `PATCH ${GROUPS}/${group}`, `{"addPolicyPack":{"name":"${pack}","config":${config}}}`);
    const { appliedPolicyPacks } = await read(t, group);
    const event = await newestEvent(t);
    await edit(t, group, { policyPacks: appliedPolicyPacks });
    expect(await newestEvent(t)).toEqual(event);
    await edit(t, group, { policyPacks: [...appliedPolicyPacks, { name: other }] });
    expect(await readRaw(t, `${GROUPS}/${group}`)).toContain(`"config":${config}`);
    expect((await newestEvent(t)).after).toMatchObject({ policyPacks: { [other]: { versionTag: "1.0.0" } } });
    expect((await newestEvent(t)).after.policyPacks).not.toHaveProperty(pack);
    await edit(t, group, { policyPacks: [] });
    expect((await read(t, group)).appliedPolicyPacks).toEqual([]);
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
    test.each(cases)(
      "a list with $added as the entry more is read as an addition",
      async ({ entry, wanted, stays }) => {
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
      },
    );

    test("a list that has two entries more is refused", async () => {
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

  describe("the Pulumi CLI before 3.274, which takes a pack out of the list that it reads", () => {
    interface Listed {
      name: string;
      version: number;
      versionTag: string;
    }
    const asCli = (route: string, body?: object) =>
      t.send(route, body, {
        headers: {
          authorization: `token ${t.token}`,
          "user-agent": "pulumi-cli/1 (v3.250.0; linux)",
          ...(body && { "content-type": "application/json" }),
        },
      });
    /** What `--remove-policy-pack pack@version` does. Go knows only these fields. */
    const removeAsCli = async (group: string, pack: string, version: string) => {
      const wanted = /^\d+$/.test(version)
        ? { version: Number(version), versionTag: "" }
        : { version: 0, versionTag: version };
      const { appliedPolicyPacks } = (await asCli(`GET ${GROUPS}/${encodeURIComponent(group)}`)).body;
      const kept = appliedPolicyPacks
        .map(({ name, displayName, version = 0, versionTag = "", config }: Listed & Record<string, unknown>) => ({
          name,
          displayName,
          ...(version !== 0 && { version }),
          ...(versionTag !== "" && { versionTag }),
          config,
        }))
        .filter((one: Listed) => {
          const { version = 0, versionTag = "" } = one;
          return !(one.name === pack && version === wanted.version && versionTag === wanted.versionTag);
        });
      return asCli(`PATCH ${GROUPS}/${encodeURIComponent(group)}`, { policyPacks: kept });
    };

    test.each([
      { tag: "1.0.0", listed: { version: 0, versionTag: "1.0.0" } },
      { tag: undefined, listed: { version: 1, versionTag: "" } },
      { tag: "7", listed: { version: 7, versionTag: "" } },
      { tag: "2024-01", listed: { version: 0, versionTag: "2024-01" } },
    ])("the older CLI is shown $listed for a version with tag $tag, and removes it", async ({ tag, listed }) => {
      const { stack, group } = await groupWithStack(t);
      const [pack, other] = [`listed${tag?.replace(/\W/g, "")}`, await newPack(t, ["1.0.0", "2.0.0"])];
      await publish(t, pack, tag);
      const config = { all: { enforcementLevel: "advisory" } };
      await followPack(t, group, other, { follow: true, config });
      await edit(t, group, { addPolicyPack: { name: pack } });
      const shown = (await asCli(`GET ${GROUPS}/${encodeURIComponent(group)}`)).body.appliedPolicyPacks;
      expect(shown.find(({ name }: Listed) => name === pack)).toMatchObject(listed);
      const removed = await removeAsCli(group, pack, tag ?? "1");
      expect(removed).toMatchObject({ status: 200 });
      expect(removed.headers).not.toHaveProperty("x-pulumi-warning");
      const left = (await read(t, group)).appliedPolicyPacks;
      expect(left).toMatchObject([{ name: other, version: 2, versionTag: "2.0.0", config, follows: true }]);
      expect((await required(t, stack)).map(({ name }: Listed) => name)).toEqual([other]);
    });

    test("the older CLI is told what the removal of a pack without its version needs, because that removes nothing", async () => {
      const group = await newGroup(t, { name: "two words" });
      const pack = await newPack(t);
      await edit(t, group, { addPolicyPack: { name: pack } });
      const { headers } = await removeAsCli(group, pack, "");
      expect(headers["x-pulumi-warning"]).toBe(
        "Policy group two words keeps the policy packs that it has. To remove one, --remove-policy-pack needs PACK@VERSION, " +
          'with the version that pulumi policy group get "two words" shows; PACK alone removes nothing. ' +
          'Or: pulumi policy disable acme/PACK --policy-group "two words"',
      );
      expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ name: pack }]);
    });

    test("other clients read both the tag and the integer", async () => {
      const group = await newGroup(t);
      await edit(t, group, { addPolicyPack: { name: await newPack(t, ["1.0.0", "2.0.0"]) } });
      const answer = await t.send(`GET ${GROUPS}/${group}`);
      expect(answer.body.appliedPolicyPacks).toMatchObject([{ version: 2, versionTag: "2.0.0" }]);
      expect(answer.headers).toMatchObject({ vary: "user-agent, accept" });
    });

    test("a client that asks for Pulumi's API is not sent the fields that Quillon adds to it", async () => {
      const { group } = await groupWithStack(t);
      const pack = await newPack(t);
      await followPack(t, group, pack, { follow: true });
      const headers = { authorization: `token ${t.token}`, accept: "application/vnd.pulumi+8" };
      const asked = async (path: string) => (await t.send(`GET ${path}`, undefined, { headers })).body;
      expect((await read(t, group)).appliedPolicyPacks).toMatchObject([{ follows: true }]);
      const { appliedPolicyPacks } = await asked(`${GROUPS}/${group}`);
      expect(Object.keys(appliedPolicyPacks[0])).toEqual(["name", "displayName", "version", "versionTag"]);
      const version = await asked(`${PACKS}/${pack}/versions/1`);
      expect(Object.keys(version)).toEqual(["name", "displayName", "version", "versionTag", "policies", "applied"]);
      const { auditLogEvents } = await asked("/api/orgs/acme/auditlogs/v2");
      expect(auditLogEvents[0]).not.toHaveProperty("after");
    });
  });

  describe("follows, which only a route of its own sets", () => {
    test("follows may be sent back as it was read", async () => {
      const { group } = await groupWithStack(t);
      const pack = await newPack(t);
      await followPack(t, group, pack, { follow: true });
      await newVersion(t, pack, "2.0.0", needsTeam);
      const { appliedPolicyPacks } = await read(t, group);
      expect(appliedPolicyPacks).toMatchObject([{ follows: true, behind: "2.0.0" }]);
      expect((await edit(t, group, { policyPacks: appliedPolicyPacks })).status).toBe(200);
      expect((await read(t, group)).appliedPolicyPacks).toEqual(appliedPolicyPacks);
    });

    test.each<[string, (pack: string) => object]>([
      [
        "a pack that the list makes follow",
        (name) => ({ policyPacks: [{ name, versionTag: "1.0.0", follows: true }] }),
      ],
      ["a pack that is enabled and follows", (name) => ({ addPolicyPack: { name, follows: true } })],
    ])("follows is refused for %s", async (_, body) => {
      const group = await newGroup(t);
      const pack = await newPack(t);
      await edit(t, group, { addPolicyPack: { name: pack } });
      expect(await edit(t, group, body(pack))).toMatchObject({
        status: 400,
        body: { id: "pack_follow_elsewhere", message: expect.stringContaining("/follow") },
      });
      expect((await read(t, group)).appliedPolicyPacks[0]).not.toHaveProperty("follows");
    });

    test("follows is refused in a batch, too", async () => {
      const group = await newGroup(t);
      const name = await newPack(t);
      await edit(t, group, { addPolicyPack: { name } });
      const add = (follows: boolean) =>
        t.send(`PATCH ${GROUPS}/${group}/batch`, [{ addPolicyPack: { name, versionTag: "1.0.0", follows } }]);
      expect(await add(true)).toMatchObject({ status: 400, body: { id: "pack_follow_elsewhere" } });
      expect((await add(false)).status).toBe(200);
    });

    test("follows is refused for another version of a pack that follows, which would be pinned", async () => {
      const group = await newGroup(t);
      const pack = await newPack(t, ["1.0.0", "2.0.0"]);
      await followPack(t, group, pack, { follow: true });
      const packs = (body: object) => edit(t, group, { policyPacks: [{ name: pack, versionTag: "1.0.0", ...body }] });
      expect(await packs({ follows: true })).toMatchObject({ status: 400, body: { id: "pack_follow_elsewhere" } });
      expect((await packs({ follows: false })).status).toBe(200);
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
});
