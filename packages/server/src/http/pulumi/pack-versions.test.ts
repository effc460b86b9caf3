import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweepPacks } from "../../packs/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newManager, newPack, newVersion, read } from "../../testing/group.ts";
import { archiveOf, PACKS, publication, upload, uploadAndComplete } from "../../testing/pack.ts";
import { newStack } from "../../testing/stack.ts";

describe.each(engines)("versions of policy packs on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const version = (pack: string, wanted: string) => t.send(`GET ${PACKS}/${pack}/versions/${wanted}`);
  const reserve = (body: object, as?: string) => t.send(`POST ${PACKS}`, body, as ? { as } : {});

  test("everything that was published of a version is kept and shown", async () => {
    const facts = {
      description: "d",
      readme: "# Read\nme é",
      provider: "aws",
      tags: ["cis", "cost"],
      repository: "https://example.com/packs",
      metadata: { "git.head": "abc", "ci.system": "x" },
    };
    for (const runtime of ["nodejs", "bun", "python", "opa", "go", "./run-me"]) {
      const body = {
        ...publication(`kept-${runtime.replace(/\W/g, "")}`, "1.0.0"),
        ...facts,
        runtime,
        newer: { a: 1 },
      };
      const { uploadURI } = (await reserve(body)).body;
      await uploadAndComplete(t, { name: body.name, version: "1.0.0", uploadURI });
      expect((await version(body.name, "1.0.0")).body).toMatchObject({
        ...facts,
        runtime,
        newer: { a: 1 },
        name: body.name,
        displayName: body.name,
        version: 1,
        versionTag: "1.0.0",
        applied: false,
        policies: body.policies,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        publishedBy: "admin",
      });
    }
  });

  test("a version says what it needs on a client, whatever its publisher wrote, and groups that enable it say it too", async () => {
    const files = {
      "package.json": JSON.stringify({
        engines: { node: ">=20.19" },
        dependencies: { "@pulumi/pulumi": "3.0.0" },
        bundleDependencies: ["@pulumi/pulumi"],
      }),
      "node_modules/@pulumi/pulumi/package.json": "{}",
    };
    const needs = { programs: [{ name: "Node.js", version: ">=20.19" }, { name: "npm" }], registry: false };
    const pack = await publishAs("needing", await archiveOf(undefined, files));
    expect((await version(pack, "1.0.0")).body.needs).toEqual(needs);
    const overview = await t.send(`GET /api/quillon${PACKS.slice("/api".length)}?policypack=${pack}`);
    expect(overview.body.policyPacks[0].newest.needs).toEqual(needs);
    const group = await newGroup(t);
    await edit(t, group, { addPolicyPack: { name: pack } });
    const { appliedPolicyPacks } = await read(t, group);
    expect(appliedPolicyPacks).toMatchObject([{ name: pack, needs }]);
    expect((await edit(t, group, { policyPacks: appliedPolicyPacks })).status).toBe(200);

    const other = await publishAs("needing-the-unknown", await archiveOf("runtime: ./run-me\n"));
    expect((await version(other, "1.0.0")).body).not.toHaveProperty("needs");
  });

  /** A pack whose publisher states false needs. */
  async function publishAs(name: string, archive: Buffer): Promise<string> {
    const needs = { programs: [], registry: false };
    const { uploadURI } = (await reserve({ ...publication(name, "1.0.0"), needs })).body;
    await uploadAndComplete(t, { name, version: "1.0.0", uploadURI, archive });
    return name;
  }

  test("a version is found by its tag, by its integer or as latest, and says whether it is applied", async () => {
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    for (const [wanted, tag] of [
      ["1", "1.0.0"],
      ["2.0.0", "2.0.0"],
      ["latest", "2.0.0"],
    ]) {
      expect((await version(pack, wanted ?? "")).body).toMatchObject({ versionTag: tag, applied: false });
    }
    await edit(t, await newGroup(t), { addPolicyPack: { name: pack, versionTag: "1" } });
    expect((await version(pack, "1.0.0")).body.applied).toBe(true);
    expect(await version(pack, "3.0.0")).toMatchObject({ status: 404, body: { id: "pack_version_not_found" } });
  });

  test("a tag that is lower than a published one is the newest version, and its author is warned", async () => {
    const pack = await newPack(t, ["2.0.0"]);
    const { headers, body } = await reserve(publication(pack, "1.0.1"));
    expect(headers["x-pulumi-warning"]).toMatch(/1\.0\.1 is lower than 2\.0\.0/);
    await uploadAndComplete(t, { name: pack, version: "1.0.1", uploadURI: body.uploadURI });
    expect((await version(pack, "latest")).body).toMatchObject({ version: 2, versionTag: "1.0.1" });
    expect((await reserve(publication(pack, "3.0.0"))).headers).not.toHaveProperty("x-pulumi-warning");
    const bundle = { ...publication(pack, "2.0.0-bundled"), metadata: { "quillon.bundledFrom": "2.0.0" } };
    expect((await reserve(bundle)).headers).not.toHaveProperty("x-pulumi-warning");
    const older = { ...publication(pack, "1.0.1-bundled"), metadata: { "quillon.bundledFrom": "1.0.1" } };
    expect((await reserve(older)).headers["x-pulumi-warning"]).toMatch(/1\.0\.1-bundled is lower than 2\.0\.0/);
  });

  test("a removed version is neither shown, listed, enabled nor downloaded", async () => {
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    const group = await newGroup(t);
    const stack = await newStack(t);
    await edit(t, group, { addStack: { name: stack.name, routingProject: "web" } });
    await edit(t, group, { addPolicyPack: { name: pack } });
    const { body } = await t.send(`GET ${stack.path}/policypacks`);
    const { pathname, search } = new URL(body.requiredPolicies[0].packLocation);
    const refused = await t.send(`DELETE ${PACKS}/${pack}/versions/2.0.0`);
    expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining(`policy group ${group}`) } });
    await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
    expect((await t.send(`DELETE ${PACKS}/${pack}/versions/2.0.0`)).status).toBe(200);
    expect((await t.send(`GET ${pathname}${search}`)).body).toMatchObject({ code: 404, id: "archive_removed" });
    expect((await version(pack, "2.0.0")).status).toBe(404);
    expect((await version(pack, "latest")).body.versionTag).toBe("1.0.0");
    expect((await edit(t, group, { addPolicyPack: { name: pack, versionTag: "2.0.0" } })).status).toBe(404);
    const tomb = await t.db
      .selectFrom("policy_pack_versions")
      .where("tag", "=", "2.0.0")
      .where("status", "=", "removed")
      .select(["sha256", "removed_by", "removed_at"])
      .executeTakeFirst();
    expect(tomb).toMatchObject({
      sha256: expect.any(String),
      removed_by: expect.any(String),
      removed_at: expect.any(Date),
    });
  });

  const nest = (levels: number): object => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
  const withSchema = (configSchema: object) => [{ name: "p", configSchema }];
  test.each<[string, object, RegExp]>([
    ["a bomb of nesting", { policies: withSchema({ properties: nest(900) }) }, /policy p is refused: it is nested/],
    [
      "a bomb of nesting in another field",
      { policies: withSchema({}), framework: nest(900) },
      /nested more than 64 deep/,
    ],
    ["a catastrophic pattern", { policies: withSchema({ properties: { a: { pattern: "^(a+)+$" } } }) }, /exponential/],
    [
      "a pattern that is not a regular expression",
      { policies: withSchema({ properties: { a: { pattern: "(" } } }) },
      /is not a regular expression/,
    ],
    ["a circle", { policies: withSchema({ properties: { a: { $ref: "#" } } }) }, /leads back to itself/],
    ["two policies of one name", { policies: [{ name: "p" }, { name: "p" }] }, /two policies called p/],
    ["a tag that means another", { policies: [{ name: "p" }], versionTag: "latest" }, /names the newest/],
  ])("a publish with %s is refused, and nothing is reserved", async (_, body, problem) => {
    const refused = await reserve({ ...publication("hostile"), ...body });
    expect(refused).toMatchObject({
      status: 400,
      body: { id: "pack_refused", message: expect.stringMatching(problem) },
    });
    expect((await t.send(`GET ${PACKS}/hostile/versions/latest`)).body.id).toBe("pack_not_found");
  });

  describe("what unfinished publishes leave behind", () => {
    const blobs = async () => (await t.db.selectFrom("archive_blobs").select("name").execute()).map(({ name }) => name);

    test("an expired reservation is removed with its archive, and one that is not expired or is published stays", async () => {
      const [dead, living] = ["swept", "unswept"];
      for (const name of [dead, living]) {
        const { body } = await reserve(publication(name, "1.0.0"));
        await upload(t, body.uploadURI, await archiveOf());
      }
      const pack = await newPack(t);
      const { id } = await t.db
        .selectFrom("policy_packs")
        .where("name", "=", dead)
        .select("id")
        .executeTakeFirstOrThrow();
      await t.db
        .updateTable("policy_pack_versions")
        .set({ reserved_until: sql<Date>`clock_timestamp() - interval '1 second'` })
        .where("pack_id", "=", id)
        .execute();
      const before = (await blobs()).length;
      await sweepPacks(t);
      expect(await blobs()).toHaveLength(before - 1);
      expect(await t.db.selectFrom("policy_pack_versions").where("pack_id", "=", id).selectAll().execute()).toEqual([]);
      expect((await t.send(`POST ${PACKS}/${living}/versions/1.0.0/complete`)).status).toBe(200);
      expect((await version(pack, "1.0.0")).status).toBe(200);
    });

    test("an archive that nothing refers to, and an unfinished upload, are removed a day later, and no other", async () => {
      const pack = await newPack(t);
      const orphan = "archives/orphan.tgz";

      await t.blobs.put(orphan, Readable.from(["x"]));
      await writeFile(join(t.folder, "archives/killed.tgz.tmp"), "half");
      await t.db.insertInto("archive_blobs").values({ name: "archives/killed.tgz" }).execute();
      await t.db.insertInto("archive_blobs").values({ name: orphan }).execute();
      await sweepPacks(t);
      expect(await blobs()).toContain(orphan);
      await sql`update archive_blobs set created_at = created_at - interval '25 hours'`.execute(t.db);
      const published = (await blobs()).length - 2;
      expect(await readdir(join(t.folder, "archives"))).toContain("killed.tgz.tmp");
      await sweepPacks(t);
      expect(await blobs()).not.toContain(orphan);
      expect(await blobs()).toHaveLength(published);
      expect((await version(pack, "1.0.0")).status).toBe(200);
      expect(await t.blobs.get(orphan)).toBeUndefined();
      expect(await readdir(join(t.folder, "archives"))).not.toContain("killed.tgz.tmp");
    });
  });

  test("of 100 clients that publish one version at once, one content is published, never a mixture (invariant 1)", async () => {
    const users = [`token ${t.token}`, ...(await Promise.all(Array.from({ length: 9 }, () => newManager(t))))];
    const contents = new Map<string, string>();

    const publishAs = async (client: number) => {
      const as = users[client % users.length] ?? "";
      const archive = await archiveOf(`runtime: nodejs\n# ${client}\n`);
      contents.set(createHash("sha256").update(archive).digest("hex"), `client ${client}`);
      const reserved = await reserve({ ...publication("contested", "1.0.0"), displayName: `client ${client}` }, as);
      if (reserved.status !== 200) return [reserved.status];
      const uploaded = await upload(t, reserved.body.uploadURI, archive);
      const completed = await t.send(`POST ${PACKS}/contested/versions/1.0.0/complete`, undefined, { as });
      return [reserved.status, uploaded.status, completed.status];
    };
    const answers = (await Promise.all(Array.from({ length: 100 }, (_, client) => publishAs(client)))).flat();
    expect(answers.filter((status) => ![200, 400, 404, 409].includes(status))).toEqual([]);
    const { body } = await version("contested", "1.0.0");
    expect(body.version).toBe(1);
    expect(contents.get(body.sha256)).toBe(body.displayName);
    expect((await t.send(`GET ${PACKS}?policypack=contested`)).body.policyPacks).toMatchObject([{ versions: [1] }]);
    expect((await newVersion(t, "contested", "1.0.1")).status).toBe(200);
  });
});
