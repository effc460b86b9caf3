import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweepPacks } from "../../packs/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newManager } from "../../testing/group.ts";
import { archiveOf, PACKS, publication, publish, upload } from "../../testing/pack.ts";

const OWN = "/api/quillon/orgs/acme";

interface Component {
  name: string;
  version?: string;
  [field: string]: unknown;
}

describe.each(engines)("what travels in policy packs on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const billOf = (...components: Component[]) =>
    `${JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", components }, null, 2)}\n`;

  const carrying = (name: string, tag: string, ...components: Component[]) =>
    published(name, tag, billOf(...components));

  async function published(name: string, tag: string, bill: string): Promise<void> {
    await publish(t, name, tag, await archiveOf(undefined, { "bom.cdx.json": bill }));
  }

  const find = async (query: string, as?: string) =>
    (await t.send(`GET ${OWN}/bundled-packages?${query}`, undefined, as ? { as } : {})).body;
  const names = ({ policyPackVersions }: { policyPackVersions: { policyPack: string; versionTag: string }[] }) =>
    policyPackVersions.map(({ policyPack, versionTag }) => `${policyPack}@${versionTag}`);

  test("a bill of materials is served to the byte, and its SDK is said of the version", async () => {
    const sdk = [
      { name: "quillon:sdk", value: "true" },
      { name: "quillon:replaces", value: "@pulumi/policy@1.21.0" },
    ];
    const bill = billOf({ group: "@quillon", name: "policy", version: "0.1.0", properties: sdk });
    await published("billed", "1.0.0", bill);
    const url = `${OWN}/policypacks/billed/versions/1.0.0/bill-of-materials`;
    const served = await t.app.inject({ url, headers: { authorization: `token ${t.token}` } });
    expect({ status: served.statusCode, text: served.body }).toEqual({ status: 200, text: bill });
    expect((await t.send(`GET ${PACKS}/billed/versions/1.0.0`)).body).toMatchObject({
      sdk: { name: "@quillon/policy", version: "0.1.0", replaces: "@pulumi/policy@1.21.0" },
      hasBillOfMaterials: true,
    });
  });

  test("a version without one says so", async () => {
    await publish(t, "unbilled", "1.0.0");
    expect((await t.send(`GET ${PACKS}/unbilled/versions/1.0.0`)).body.hasBillOfMaterials).toBe(false);
    const path = `${OWN}/policypacks/unbilled/versions/1.0.0/bill-of-materials`;
    expect(await t.send(`GET ${path}`)).toMatchObject({ status: 404, body: { id: "pack_bill_missing" } });
  });

  test("enabled versions are found by what they carry, with the groups that enable them", async () => {
    const as = await newManager(t, "member");
    await carrying("first", "1.0.0", { group: "@scope", name: "left", version: "1.0.0", purl: "pkg:npm/left@1.0.0" });
    await carrying("first", "2.0.0", { group: "@scope", name: "left", version: "1.1.0" });
    await carrying(
      "second",
      "1.0.0",
      { group: "@scope", name: "left", version: "1.0.0", licenses: [{ license: { id: "MIT" } }] },
      { group: "@scope", name: "left", version: "2.0.0" },
    );
    const left = `name=${encodeURIComponent("@scope/left")}`;
    expect(names(await find(left))).toEqual([]);
    expect(names(await find(`${left}&all=true`))).toEqual(["first@2.0.0", "first@1.0.0", "second@1.0.0"]);

    const [one, two] = [await newGroup(t, { name: "a-carrying" }), await newGroup(t, { name: "b-carrying" })];
    for (const group of [one, two]) await edit(t, group, { addPolicyPack: { name: "first", versionTag: "1.0.0" } });
    await edit(t, two, { addPolicyPack: { name: "second" } });
    expect((await find(left, as)).policyPackVersions).toEqual([
      {
        policyPack: "first",
        version: 1,
        versionTag: "1.0.0",
        found: [{ version: "1.0.0", purl: "pkg:npm/left@1.0.0" }],
        policyGroups: [one, two],
      },
      {
        policyPack: "second",
        version: 1,
        versionTag: "1.0.0",
        found: [{ version: "1.0.0", license: "MIT" }, { version: "2.0.0" }],
        policyGroups: [two],
      },
    ]);
    expect((await find(`${left}&version=2.0.0`)).policyPackVersions).toMatchObject([
      { policyPack: "second", found: [{ version: "2.0.0" }] },
    ]);
    expect(names(await find(`${left}&version=${encodeURIComponent("<2")}&all=true`))).toEqual([
      "first@2.0.0",
      "first@1.0.0",
      "second@1.0.0",
    ]);
    expect(names(await find(`${left}&version=${encodeURIComponent(">=3")}&all=true`))).toEqual([]);
    expect(names(await find("name=left&all=true"))).toEqual([]);
  });

  test("how many of the versions searched do not say what is in them is said", async () => {
    const { unknown } = await find("name=nothing");
    await publish(t, "silent", "1.0.0");
    await carrying("speaking", "1.0.0", { name: "a" });
    expect((await find("name=nothing")).unknown).toBe(unknown);
    const group = await newGroup(t);
    for (const name of ["silent", "speaking"]) await edit(t, group, { addPolicyPack: { name } });
    expect((await find("name=nothing")).unknown).toBe(unknown + 1);
  });

  test("a list of many is read in pages", async () => {
    await carrying("many", "1.0.0", { name: "in-many", version: "1.0.0" });
    await sql`
      with one as (
        select version.*, pack.organization_id from policy_pack_versions version
        join policy_packs pack on pack.id = version.pack_id where pack.name = 'many'
      ), packs as (
        insert into policy_packs (organization_id, name) select organization_id, 'many' || n from one, generate_series(1, 25) as n
        returning id
      ), versions as (
        insert into policy_pack_versions (pack_id, version, tag, status, metadata, reserved_until, blob, sha256, size, completed_at)
        select packs.id, version, tag, status, metadata, reserved_until, blob, sha256, size, completed_at from one, packs
        returning id
      )
      insert into bundled_packages (version_id, name, version) select id, 'in-many', '1.0.0' from versions`.execute(
      t.db,
    );
    const page = await find("name=in-many&all=true");
    expect(page.policyPackVersions).toHaveLength(25);
    const rest = await find(`name=in-many&all=true&continuationToken=${page.continuationToken}`);
    expect(rest.policyPackVersions).toHaveLength(1);
    expect(rest).not.toHaveProperty("continuationToken");
    expect(new Set([...names(page), ...names(rest)]).size).toBe(26);
    const odd = Buffer.from('["a","b"]').toString("base64url");
    expect(await find(`name=in-many&continuationToken=${odd}`)).toMatchObject({ id: "invalid_input" });
  });

  test("a removed version is not found, and another organization's neither", async () => {
    await carrying("going", "1.0.0", { name: "gone", version: "1.0.0" });
    await t.send("POST /api/quillon/orgs", { name: "globex" });
    expect((await t.send("GET /api/quillon/orgs/globex/bundled-packages?name=gone&all=true")).body).toEqual({
      policyPackVersions: [],
      unknown: 0,
    });
    expect(names(await find("name=gone&all=true"))).toEqual(["going@1.0.0"]);
    await t.send(`DELETE ${PACKS}/going/versions/1.0.0`);
    expect(names(await find("name=gone&all=true"))).toEqual([]);
  });

  test("what travels in a removed pack is forgotten by the upkeep, because thousands of versions carry millions of packages", async () => {
    for (const tag of ["1.0.0", "2.0.0"]) await carrying("forgotten", tag, { name: "forgotten-with-it" });
    await carrying("staying", "1.0.0", { name: "forgotten-with-it" });
    const stored = async () => {
      const packages = await t.db
        .selectFrom("bundled_packages")
        .where("name", "=", "forgotten-with-it")
        .select("name")
        .execute();
      const bills = t.db.selectFrom("policy_pack_versions").where("bill", "like", "%forgotten-with-it%");
      return [packages.length, (await bills.select("id").execute()).length];
    };
    await t.send(`DELETE ${PACKS}/forgotten`);
    expect(await stored()).toEqual([3, 3]);
    const path = `${OWN}/policypacks/forgotten/versions/1.0.0/bill-of-materials`;
    expect(await t.send(`GET ${path}`)).toMatchObject({ status: 404, body: { id: "pack_version_not_found" } });
    expect(names(await find("name=forgotten-with-it&all=true"))).toEqual(["staying@1.0.0"]);
    await sweepPacks(t);
    expect(await stored()).toEqual([1, 1]);
  });

  test.each([
    ["that is no JSON", "{", "JSON"],
    ["of another format", '{"bomFormat":"SPDX"}', "bomFormat"],
    ["that is too large", `"${"x".repeat(4 * 1024 * 1024)}"`, "larger than 4194304 bytes"],
  ])("a bill of materials %s is told its publisher, and the version is published without", async (_, bill, found) => {
    const name = `odd-${found.replace(/\W/g, "")}`;
    const { uploadURI } = (await t.send(`POST ${PACKS}`, publication(name, "1.0.0"))).body;
    await upload(t, uploadURI, await archiveOf(undefined, { "bom.cdx.json": bill }));
    const completed = await t.send(`POST ${PACKS}/${name}/versions/1.0.0/complete`);
    expect(completed.status).toBe(200);
    expect(completed.headers["x-pulumi-warning"]).toContain(found);
    expect((await t.send(`GET ${PACKS}/${name}/versions/1.0.0`)).body.hasBillOfMaterials).toBe(false);
  });
});
