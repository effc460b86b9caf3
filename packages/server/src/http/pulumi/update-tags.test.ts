import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newPack, newVersion, OWN_GROUPS } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const policies = [
  {
    name: "short",
    description: "d",
    enforcementLevel: "mandatory",
    message: "m",
    configSchema: { type: "object", properties: { most: { type: "integer" } } },
  },
];
const config = (most: number) => ({ short: { most } });

describe.each(engines)("tags and policies on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  /** A group with a pack, for the stacks that a selector matches. */
  async function guard(selector: object, versions = ["1.0.0"]): Promise<{ group: string; pack: string }> {
    const [group, pack] = [await newGroup(t), await newPack(t, versions, policies)];
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: versions[0] } });
    const { status } = await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector });
    expect(status).toBe(200);
    return { group, pack };
  }

  const ofTag = (tag: string, value: string) => ({ all: [{ tag, value }] });
  const bringing = (tags: object) => ({ config: { "pulumi:tags": { string: JSON.stringify(tags), object: true } } });

  /** Creates an update. @param request what the CLI says about the program. */
  async function create({ path }: TestStack, request: object, { dryRun = false, as = `token ${t.token}` } = {}) {
    const { status, body } = await t.send(`POST ${path}/update`, { options: { dryRun }, ...request }, { as });
    expect(status).toBe(200);
    const required = (body.requiredPolicies as { name: string }[]).map(({ name }) => name);
    return { id: body.updateID as string, required, policies: body.requiredPolicies };
  }

  const setTags = ({ path }: TestStack, tags: object) => t.send(`PATCH ${path}/tags`, tags);
  const tagsOf = async ({ path }: TestStack) => (await t.send(`GET ${path}`)).body.tags;

  describe("when an update is created", () => {
    test("it must run the packs that the tags in its configuration ask for", async () => {
      const { pack } = await guard(ofTag("env", "one"));
      const stack = await newStack(t);
      expect((await create(stack, {})).required).toEqual([]);
      expect((await create(stack, bringing({ env: "one" }))).required).toEqual([pack]);
    });

    test.each<[string, string, object]>([
      ["name", "pulumi:project", { name: "pets name" }],
      ["runtime", "pulumi:runtime", { runtime: "pets runtime" }],
      ["description", "pulumi:description", { description: "pets description" }],
      ["git repository", "vcs:repo", { metadata: { environment: { "vcs.repo": "pets git repository" } } }],
    ])("it must run the packs that the tag from the program's %s asks for", async (what, tag, request) => {
      const { pack } = await guard(ofTag(tag, `pets ${what}`));
      const stack = await newStack(t);
      expect((await create(stack, request)).required).toEqual([pack]);
    });

    test("a program can't leave a group by its tags", async () => {
      const { pack } = await guard(ofTag("env", "two"));
      const stack = await newStack(t, { tags: { env: "two" } });
      expect((await create(stack, bringing({ env: "dev" }))).required).toEqual([pack]);
    });

    test("a program can't leave a group by a tag that the group leaves out", async () => {
      const { pack } = await guard({ all: [{ tag: "env", value: "three" }], except: [{ tag: "exempt" }] });
      const stack = await newStack(t, { tags: { env: "three" } });
      expect((await create(stack, bringing({ exempt: "yes" }))).required).toEqual([pack]);
    });

    test("of a pack that both ask for, the newest version counts", async () => {
      const { group, pack } = await guard(ofTag("env", "four"), ["1.0.0", "2.0.0"]);
      const newer = await newGroup(t);
      await edit(t, newer, { addPolicyPack: { name: pack, versionTag: "2.0.0" } });
      await t.send(`PUT ${OWN_GROUPS}/${newer}/selector`, { selector: ofTag("team", "four") });
      const stack = await newStack(t, { tags: { env: "four" } });
      for (const { policies } of [
        await create(stack, bringing({ team: "four" })),
        await create(await newStack(t, { tags: { team: "four" } }), bringing({ env: "four" })),
      ]) {
        expect(policies).toMatchObject([{ name: pack, versionTag: "2.0.0" }]);
      }
      expect(group).not.toBe(newer);
    });
  });

  describe("when an update starts", () => {
    test("the tags that it sends are written", async () => {
      const stack = await newStack(t, { tags: { env: "dev" } });
      const { id } = await create(stack, bringing({ team: "blue" }));
      expect((await stack.start(id, { env: "dev", team: "blue" })).status).toBe(200);
      expect(await tagsOf(stack)).toEqual({ env: "dev", team: "blue" });
    });

    test.each(["update", "preview", "refresh", "destroy"])("a dry run of kind %s writes no tags", async (kind) => {
      const { pack } = await guard(ofTag("env", `dry-${kind}`));
      const tags = { env: `dry-${kind}` };
      const stack = await newStack(t, { tags });
      expect((await stack.start(await stack.create(kind, true), { env: "dev" })).status).toBe(200);
      expect(await tagsOf(stack)).toEqual(tags);
      expect((await create(stack, bringing({ env: "dev" }))).required).toEqual([pack]);
    });

    test.each([false, true])(
      "it is refused when its tags ask for a pack that is not recorded (dry run: %s)",
      async (dryRun) => {
        const { group, pack } = await guard(ofTag("env", `hidden-${dryRun}`));
        const tags = { env: `hidden-${dryRun}` };
        const stack = await newStack(t);
        const { id } = await create(stack, {}, { dryRun });
        const refused = await stack.start(id, tags);
        expect(refused).toMatchObject({ status: 400, body: { code: 400, id: "policies_unsettled" } });
        expect(refused.body.message).toContain(`${pack} 1.0.0 of policy group ${group}`);
        expect(refused.body.message).toContain("pulumi stack tag set");
        const { body } = await t.send(`GET ${stack.path}`);
        expect(body).toMatchObject({ version: 0, activeUpdate: "", tags: {} });
        await setTags(stack, tags);
        const again = await create(stack, {}, { dryRun });
        expect(again.required).toEqual([pack]);
        expect((await stack.start(again.id, tags)).status).toBe(200);
      },
    );

    test("it starts with the empty runtime of a destroy outside of the project's folder", async () => {
      const other = { all: [{ tag: "env", value: "destroyed" }], except: [{ tag: "pulumi:runtime", value: "nodejs" }] };
      const { pack } = await guard(other);
      const tags = { env: "destroyed", "pulumi:project": "web" };
      const stack = await newStack(t, { tags: { ...tags, "pulumi:runtime": "nodejs" } });
      const { id, required } = await create(stack, { name: "web", runtime: "", description: "" });
      expect(required).toEqual([pack]);
      expect((await stack.start(id, { ...tags, "pulumi:runtime": "" })).status).toBe(200);
    });

    test("it is refused when its tags ask for another configuration of a pack", async () => {
      const { pack } = await guard(ofTag("env", "five"));
      const strict = await newGroup(t);
      await edit(t, strict, { addPolicyPack: { name: pack, versionTag: "1.0.0", config: config(5) } });
      await t.send(`PUT ${OWN_GROUPS}/${strict}/selector`, { selector: ofTag("team", "five") });
      const stack = await newStack(t, { tags: { env: "five" } });
      const { id } = await create(stack, {});
      expect(await stack.start(id, { env: "five", team: "five" })).toMatchObject({
        body: { id: "policies_unsettled" },
      });
      expect((await stack.start(id, { env: "five" })).status).toBe(200);
    });
  });

  describe("when somebody else changes something between create and start", () => {
    test("an edit of a group does not refuse the start", async () => {
      const { group, pack } = await guard(ofTag("env", "six"), ["1.0.0"]);
      const stack = await newStack(t);
      const { id } = await create(stack, bringing({ env: "six" }));
      await newVersion(t, pack, "2.0.0", policies);
      await edit(t, group, { addPolicyPack: { name: pack, versionTag: "2.0.0", config: config(1) } });
      await edit(t, group, { addPolicyPack: { name: await newPack(t), versionTag: "1.0.0" } });
      expect((await stack.start(id, { env: "six" })).status).toBe(200);
    });

    test("a new group does not refuse the start", async () => {
      const stack = await newStack(t);
      const { id } = await create(stack, bringing({ env: "seven" }));
      await guard(ofTag("env", "seven"));
      expect((await stack.start(id, { env: "seven" })).status).toBe(200);
    });

    test("setting a tag does not refuse the start", async () => {
      await guard(ofTag("env", "eight"));
      const stack = await newStack(t, { tags: { env: "dev" } });
      const { id } = await create(stack, {});
      await setTags(stack, { env: "eight" });
      expect((await stack.start(id, { env: "dev" })).status).toBe(200);
    });

    test("removing a tag does not refuse the start", async () => {
      await guard(ofTag("env", "nine"));
      const stack = await newStack(t, { tags: { env: "nine" } });
      const { id } = await create(stack, {});
      await setTags(stack, {});
      expect((await stack.start(id, { env: "nine" })).status).toBe(200);
    });

    test("removing a tag while `pulumi up` waits for an answer does not refuse the start, although the CLI reads tags only once", async () => {
      await guard(ofTag("env", "ten"));
      const as = await person(t, "waiting", "admin");
      const sent = { env: "ten", team: "blue", "vcs:repo": "web" };
      const stack = await newStack(t, { tags: { env: "ten" } });
      const preview = await create(stack, bringing({ team: "blue" }), { dryRun: true, as });
      expect((await stack.start(preview.id, sent)).status).toBe(200);
      await create(stack, {}, { dryRun: true });
      await setTags(stack, {});
      const { id } = await create(stack, bringing({ team: "blue" }), { as });
      expect((await stack.start(id, sent)).status).toBe(200);
    });

    test.each<[string, object, object]>([
      ["has others", { "vcs.repo": "fork" }, { "vcs:repo": "eleven" }],
      ["did not know them", {}, { "vcs:repo": "eleven" }],
    ])(
      "tags from git do not refuse the start when the request that created the update %s",
      async (_, environment, tags) => {
        await guard(ofTag("vcs:repo", "eleven"));
        const stack = await newStack(t, { tags: { "vcs:repo": "old" } });
        const { id } = await create(stack, { metadata: { environment }, ...bringing({ env: "dev" }) });
        expect((await stack.start(id, { env: "dev", ...tags })).status).toBe(200);
        expect(await tagsOf(stack)).toEqual({ env: "dev", ...tags });
      },
    );
  });
});
