import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, followPack, newGroup, newPack } from "../../testing/group.ts";
import { newStack } from "../../testing/stack.ts";

const OWN = "/api/quillon/orgs/acme/policypacks";

describe.each(engines)("the overview of policy packs on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const listed = async (pack: string) => (await t.send(`GET ${OWN}?policypack=${pack}`)).body.policyPacks;

  test("A pack is listed with its newest version, and each stack that must run it counts once", async () => {
    const [first, second] = [await newStack(t), await newStack(t)];
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    expect(await listed(pack)).toMatchObject([{ name: pack, versions: 2, stacks: 0, policyGroups: [] }]);
    const both = await newGroup(t, { name: "a-both" });
    const one = await newGroup(t, { name: "b-one" });
    const audit = await newGroup(t, { name: "c-audit", mode: "audit" });
    for (const [group, stacks] of [
      [both, [first, second]],
      [one, [first]],
      [audit, [await newStack(t)]],
    ] as const)
      for (const { name } of stacks) await edit(t, group, { addStack: { name, routingProject: "web" } });
    await followPack(t, both, pack, { follow: true });
    for (const group of [one, audit]) await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
    expect(await listed(pack)).toEqual([
      {
        name: pack,
        displayName: pack,
        versions: 2,
        newest: {
          version: 2,
          versionTag: "2.0.0",
          publishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
          publishedBy: "admin",
          policies: 1,
          needs: { programs: [{ name: "Node.js" }, { name: "npm" }], registry: false },
        },
        stacks: 2,
        policyGroups: [
          {
            name: both,
            isOrgDefault: false,
            mode: "preventative",
            version: 2,
            versionTag: "2.0.0",
            follows: true,
            stacks: 2,
          },
          {
            name: one,
            isOrgDefault: false,
            mode: "preventative",
            version: 1,
            versionTag: "1.0.0",
            follows: false,
            stacks: 1,
          },
          {
            name: audit,
            isOrgDefault: false,
            mode: "audit",
            version: 1,
            versionTag: "1.0.0",
            follows: false,
            stacks: 1,
          },
        ],
      },
    ]);
  });

  test("A pack's versions are in pages, the newest first, without those that were removed", async () => {
    const tags = Array.from({ length: 22 }, (_, index) => `1.0.${index}`);
    const pack = await newPack(t, tags);
    await t.send(`DELETE /api/orgs/acme/policypacks/${pack}/versions/1.0.21`);
    const { body: page } = await t.send(`GET ${OWN}/${pack}/versions`);
    const { body: rest } = await t.send(`GET ${OWN}/${pack}/versions?continuationToken=${page.continuationToken}`);
    expect([...page.versions, ...rest.versions].map(({ versionTag }) => versionTag)).toEqual(
      tags.slice(0, -1).reverse(),
    );
    expect(rest).not.toHaveProperty("continuationToken");
    expect(page.versions[0]).toMatchObject({
      version: 21,
      policies: 1,
      publishedBy: "admin",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: expect.any(Number),
    });
  });

  test("A version's archive is downloaded by a link that needs no token", async () => {
    const pack = await newPack(t, ["1.0.0", "2.0.0"]);
    for (const [wanted, listed] of [
      ["latest", 0],
      ["1.0.0", 1],
    ] as const) {
      const { body } = await t.send(`GET ${OWN}/${pack}/versions/${wanted}/archive`);
      const { versions } = (await t.send(`GET ${OWN}/${pack}/versions`)).body;
      expect(body).toMatchObject({ sha256: versions[listed].sha256, size: versions[listed].size });
      const { pathname, search } = new URL(body.url);
      const { rawPayload } = await t.app.inject({ method: "GET", url: `${pathname}${search}` });
      expect(createHash("sha256").update(rawPayload).digest("hex")).toBe(body.sha256);
    }
    await t.send(`DELETE /api/orgs/acme/policypacks/${pack}/versions/1.0.0`);
    expect(await t.send(`GET ${OWN}/${pack}/versions/1.0.0/archive`)).toMatchObject({ status: 404 });
  });

  test("A pack that is not there is said, and one that asks for another is not listed", async () => {
    expect(await listed("none")).toEqual([]);
    expect(await t.send(`GET ${OWN}/none/versions`)).toMatchObject({ status: 404, body: { id: "pack_not_found" } });
    for (const path of ["", "/none/versions"])
      expect(await t.send(`GET ${OWN}${path}?continuationToken=x`)).toMatchObject({ status: 400 });
  });
});
