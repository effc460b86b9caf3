import { createHash } from "node:crypto";
import { stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { archiveOf, PACKS, publication, publish, upload } from "../../testing/pack.ts";

const GROUP = "/api/orgs/acme/policygroups/default-policy-group";

describe.each(engines)("policy packs on $name", (engine) => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startApp(engine, { archive: 100_000 });
  });
  afterAll(() => server.close());

  const enable = (name: string, versionTag = "") =>
    server.send(`PATCH ${GROUP}`, { addPolicyPack: { name, displayName: "", version: 0, versionTag } });
  const packs = async (name: string) =>
    (await server.send(`GET ${PACKS}`)).body.policyPacks.find((pack: { name: string }) => pack.name === name);

  async function blobOf(pack: string): Promise<string> {
    const { blob } = await server.db
      .selectFrom("policy_pack_versions as version")
      .innerJoin("policy_packs as pack", "pack.id", "version.pack_id")
      .where("pack.name", "=", pack)
      .select("version.blob")
      .executeTakeFirstOrThrow();
    return blob ?? "";
  }

  /** As when a folder is not restored with its database. */
  const removeArchive = async (pack: string) => server.blobs.remove(await blobOf(pack));

  test("a version is listed, enabled and downloaded only once it is complete (invariant 2)", async () => {
    const reserved = await server.send(`POST ${PACKS}`, publication("whole", "1.0.0"));
    expect(reserved).toMatchObject({ status: 200, body: { version: 1 } });
    expect((await upload(server, reserved.body.uploadURI, await archiveOf())).status).toBe(200);
    expect(await packs("whole")).toBeUndefined();
    expect(await enable("whole")).toMatchObject({ status: 404, body: { code: 404, id: "pack_not_found" } });
    expect((await server.send(`POST ${PACKS}/whole/versions/1.0.0/complete`)).status).toBe(200);
    expect(await packs("whole")).toEqual({
      name: "whole",
      displayName: "whole",
      versions: [1],
      versionTags: ["1.0.0"],
    });
    expect((await enable("whole")).status).toBe(200);
  });

  test("completing again changes nothing and answers the same", async () => {
    await publish(server, "again", "1.0.0");
    expect(await server.send(`POST ${PACKS}/again/versions/1.0.0/complete`)).toMatchObject({ status: 200, body: {} });
  });

  test("versions without a tag are 1, then 2, and are enabled by that integer", async () => {
    expect(await publish(server, "untagged")).toBe(1);
    expect(await publish(server, "untagged")).toBe(2);
    expect((await enable("untagged", "1")).status).toBe(200);
  });

  test("a published tag is refused, with the next free one in the message, also after the version was removed (invariant 1)", async () => {
    await publish(server, "once", "1.0.0");
    const refusal = {
      status: 400,
      body: {
        code: 400,
        id: "pack_version_exists",
        message: expect.stringMatching(
          /^Policy Pack "once" \(Version 1\.0\.0\) has already been published\. Please specify a new version tag\..* 1\.0\.1\.$/,
        ),
      },
    };
    expect(await server.send(`POST ${PACKS}`, publication("once", "1.0.0"))).toMatchObject(refusal);
    expect((await server.send(`DELETE ${PACKS}/once/versions/1.0.0`)).status).toBe(200);
    expect(await packs("once")).toBeUndefined();
    expect(await server.send(`POST ${PACKS}`, publication("once", "1.0.0"))).toMatchObject(refusal);
  });

  test("the last whole body that was uploaded before complete counts, and after it the URL is refused", async () => {
    const reserved = await server.send(`POST ${PACKS}`, publication("repeated", "1.0.0"));
    const last = await archiveOf("runtime: python\n");
    await upload(server, reserved.body.uploadURI, await archiveOf());
    await upload(server, reserved.body.uploadURI, last);
    await server.send(`POST ${PACKS}/repeated/versions/1.0.0/complete`);
    expect(await upload(server, reserved.body.uploadURI, await archiveOf("late"))).toMatchObject({
      status: 409,
      body: { code: 409, id: "upload_finished" },
    });
    const row = await server.db
      .selectFrom("policy_pack_versions")
      .where("tag", "=", "1.0.0")
      .select("sha256")
      .execute();
    expect(row).toContainEqual({ sha256: createHash("sha256").update(last).digest("hex") });
  });

  test("a second publish by the same user replaces the first one, whose URL is then refused", async () => {
    const first = await server.send(`POST ${PACKS}`, publication("taken-over", "1.0.0"));
    const second = await server.send(`POST ${PACKS}`, publication("taken-over", "1.0.0"));
    expect((await upload(server, first.body.uploadURI, await archiveOf("first"))).status).toBe(409);
    expect((await upload(server, second.body.uploadURI, await archiveOf("second"))).status).toBe(200);
  });

  test("another user's publish of the same tag is refused, with who publishes it and until when", async () => {
    await server.send(`POST ${PACKS}`, publication("contended", "1.0.0"));
    const bob = await server.send("POST /api/orgs/acme/users", { login: `bob-${engine.name}`, role: "policy-manager" });
    // The server's clock may be ahead of the database's, by which the publish ends. The embedded database has that of the server.
    const ahead = engine.name === "PostgreSQL" ? 24 * 3600_000 : 0;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ahead });
    const refused = await server
      .send(`POST ${PACKS}`, publication("contended", "1.0.0"), { as: `token ${bob.body.token}` })
      .finally(() => vi.useRealTimers());
    expect(refused).toMatchObject({ status: 409, body: { id: "pack_version_reserved" } });
    expect(refused.body.message).toMatch(/^admin is publishing version 1\.0\.0 .* free again at \d{4}-\d\d-\d\dT/);
  });

  test("complete is refused without an upload and without a reservation", async () => {
    await server.send(`POST ${PACKS}`, publication("empty-handed", "1.0.0"));
    const complete = (version: string) => server.send(`POST ${PACKS}/empty-handed/versions/${version}/complete`);
    expect(await complete("1.0.0")).toMatchObject({ status: 400, body: { code: 400, id: "pack_not_uploaded" } });
    expect(await complete("2.0.0")).toMatchObject({ status: 404, body: { code: 404, id: "pack_not_reserved" } });
  });

  test("a version whose archive is refused is invisible, and another archive may be uploaded", async () => {
    const reserved = await server.send(`POST ${PACKS}`, publication("mended", "1.0.0"));
    const complete = () => server.send(`POST ${PACKS}/mended/versions/1.0.0/complete`);
    await upload(server, reserved.body.uploadURI, Buffer.from("no archive"));
    expect(await complete()).toMatchObject({ status: 400, body: { code: 400, id: "archive_invalid" } });
    expect(await packs("mended")).toBeUndefined();
    await upload(server, reserved.body.uploadURI, await archiveOf());
    expect((await complete()).status).toBe(200);
  });

  test("an empty upload is refused, and the version still waits for its archive", async () => {
    const { uploadURI } = (await server.send(`POST ${PACKS}`, publication("empty", "1.0.0"))).body;
    expect(await upload(server, uploadURI, Buffer.alloc(0))).toMatchObject({
      status: 400,
      body: { code: 400, id: "archive_invalid", message: "The policy pack's archive is refused: it is empty." },
    });
    const complete = () => server.send(`POST ${PACKS}/empty/versions/1.0.0/complete`);
    expect(await complete()).toMatchObject({ status: 400, body: { id: "pack_not_uploaded" } });
    expect((await upload(server, uploadURI, await archiveOf())).status).toBe(200);
    expect((await complete()).status).toBe(200);
  });

  test("a pack that needs what is not in its archive is refused at complete, with the name", async () => {
    const { uploadURI } = (await server.send(`POST ${PACKS}`, publication("alone", "1.0.0"))).body;
    const manifest = JSON.stringify({ dependencies: { shared: "file:../shared" } });
    await upload(server, uploadURI, await archiveOf(undefined, { "package.json": manifest }));
    expect(await server.send(`POST ${PACKS}/alone/versions/1.0.0/complete`)).toMatchObject({
      status: 400,
      body: { id: "archive_invalid", message: expect.stringContaining('shared from "file:../shared"') },
    });
    expect(await packs("alone")).toBeUndefined();
  });

  test("an upload that is lost before complete is refused", async () => {
    const { uploadURI } = (await server.send(`POST ${PACKS}`, publication("lost-upload", "1.0.0"))).body;
    await upload(server, uploadURI, await archiveOf());
    await removeArchive("lost-upload");
    expect(await server.send(`POST ${PACKS}/lost-upload/versions/1.0.0/complete`)).toMatchObject({
      status: 503,
      body: { code: 503, id: "archive_missing" },
    });
  });

  test("a forged upload URL is refused before a byte is read, and an upload over the limit with 413", async () => {
    const reserved = await server.send(`POST ${PACKS}`, publication("forged", "1.0.0"));
    const forged = reserved.body.uploadURI.replace(/signature=.*/, "signature=x");
    expect(await upload(server, forged, await archiveOf())).toMatchObject({
      status: 403,
      body: { id: "upload_unknown" },
    });
    expect(await upload(server, reserved.body.uploadURI, Buffer.alloc(100_001))).toMatchObject({
      status: 413,
      body: { code: 413, id: "body_too_large" },
    });
    expect(await server.send(`POST ${PACKS}/forged/versions/1.0.0/complete`)).toMatchObject({
      body: { id: "pack_not_uploaded" },
    });
  });

  test("a pack without policies, and one named against the rules, are refused", async () => {
    const none = { ...publication("none"), policies: [] };
    expect(await server.send(`POST ${PACKS}`, none)).toMatchObject({
      status: 400,
      body: { id: "pack_without_policies" },
    });
    const named = await server.send(`POST ${PACKS}`, publication("no/slash"));
    expect(named).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
    expect(named.body.message).toContain("body name");
  });

  test("enabling what does not exist is a 404 that lists what does", async () => {
    await publish(server, "listed", "1.0.0");
    await publish(server, "listed", "1.1.0");
    const refused = await enable("listed", "0.9.0");
    expect(refused).toMatchObject({ status: 404, body: { code: 404, id: "pack_version_not_found" } });
    expect(refused.body.message).toContain("Published: 1.0.0, 1.1.0.");
  });

  test("an enabled version can't be removed, and the refusal says where it is enabled", async () => {
    await publish(server, "in-use", "1.0.0");
    await enable("in-use");
    expect(await server.send(`DELETE ${PACKS}/in-use/versions/1.0.0`)).toMatchObject({
      status: 400,
      body: { id: "pack_version_enabled", message: expect.stringContaining("default-policy-group") },
    });
    expect(await server.send(`DELETE ${PACKS}/in-use`)).toMatchObject({ status: 400, body: { id: "pack_enabled" } });
    const disabled = await server.send(`PATCH ${GROUP}`, { removePolicyPack: { name: "in-use", versionTag: "" } });
    expect(disabled.status).toBe(200);
    expect((await server.send(`DELETE ${PACKS}/in-use`)).status).toBe(200);
  });

  test("disabling what is not enabled is a 404 that names the version that is", async () => {
    await publish(server, "elsewhere", "1.0.0");
    await publish(server, "elsewhere", "2.0.0");
    await enable("elsewhere", "1.0.0");
    const refused = await server.send(`PATCH ${GROUP}`, {
      removePolicyPack: { name: "elsewhere", versionTag: "2.0.0" },
    });
    expect(refused).toMatchObject({ status: 404, body: { id: "pack_not_enabled" } });
    expect(refused.body.message).toContain("version 1.0.0 is");
  });

  describe("downloads", () => {
    let location: string;
    let archive: Buffer;
    beforeAll(async () => {
      archive = await archiveOf("runtime: go\n");
      await publish(server, "downloaded", "1.0.0", archive);
      await enable("downloaded");
      await server.send("POST /api/stacks/acme/web", { stackName: "dl" });
      const required = await server.send("GET /api/stacks/acme/web/dl/policypacks");
      location = required.body.requiredPolicies.find(
        ({ name }: { name: string }) => name === "downloaded",
      ).packLocation;
    });

    const get = (url: string, headers = {}) => {
      const { pathname, search } = new URL(url);
      return server.app.inject({ method: "GET", url: `${pathname}${search}`, headers });
    };

    test("a download is the bytes that were uploaded, with their digest and no Content-Encoding", async () => {
      const whole = await get(location, { "accept-encoding": "gzip" });
      const digest = createHash("sha256").update(archive);
      expect(whole.rawPayload).toEqual(archive);
      expect(whole.headers).toMatchObject({
        "content-type": "application/gzip",
        "content-length": String(archive.length),
        "repr-digest": `sha-256=:${digest.digest("base64")}:`,
      });
      expect(whole.headers).not.toHaveProperty("content-encoding");
    });

    test("what is required names the archive's digest, and to clients of Pulumi's API nothing that is not in it", async () => {
      const of = async (headers = {}) => {
        const { body } = await server.send("GET /api/stacks/acme/web/dl/policypacks", undefined, {
          headers: { authorization: `token ${server.token}`, ...headers },
        });
        return body.requiredPolicies.find(({ name }: { name: string }) => name === "downloaded");
      };
      const archiveSha256 = createHash("sha256").update(archive).digest("hex");
      expect(await of()).toMatchObject({ archiveSha256 });
      expect(await of({ accept: "application/vnd.pulumi+8" })).not.toHaveProperty("archiveSha256");
    });

    test("a download is not sent again to a client that has it, and a client that has a part gets the rest", async () => {
      const { headers } = await get(location);
      expect((await get(location, { "if-none-match": headers.etag })).statusCode).toBe(304);
      const part = await get(location, { range: "bytes=10-19" });
      expect(part.statusCode).toBe(206);
      expect(part.rawPayload).toEqual(archive.subarray(10, 20));
      expect(part.headers["content-range"]).toBe(`bytes 10-19/${archive.length}`);
      const outside = await get(location, { range: `bytes=${archive.length}-` });
      expect(outside.statusCode).toBe(416);
      expect(outside.headers).toMatchObject({ "content-range": `bytes */${archive.length}` });
      expect(outside.headers).not.toHaveProperty("etag");
      expect(outside.json()).toMatchObject({ code: 416, id: "range_outside" });
    });

    test("a download of an archive that is lost is refused, and no cache may keep the refusal", async () => {
      await publish(server, "lost", "1.0.0");
      await enable("lost");
      const required = await server.send("GET /api/stacks/acme/web/dl/policypacks");
      const { packLocation } = required.body.requiredPolicies.find(({ name }: { name: string }) => name === "lost");
      await removeArchive("lost");
      for (const headers of [{}, { range: "bytes=0-9" }]) {
        const refused = await get(packLocation, headers);
        expect(refused.json()).toMatchObject({ code: 503, id: "archive_missing" });
        expect(refused.statusCode).toBe(503);
        expect(refused.headers["content-type"]).toContain("application/json");
        for (const header of ["etag", "cache-control", "repr-digest", "accept-ranges", "content-range"]) {
          expect(refused.headers).not.toHaveProperty(header);
        }
      }
      await server.send(`PATCH ${GROUP}`, { removePolicyPack: { name: "lost", versionTag: "1.0.0" } });
    });

    test.each<[what: string, resize: (size: number) => number]>([
      ["was cut", (size) => size - 1],
      ["is empty", () => 0],
      ["has grown", (size) => size + 1],
    ])("a download of an archive that %s is refused before its first byte", async (what, resize) => {
      const name = what.replaceAll(" ", "-");
      await publish(server, name, "1.0.0");
      await enable(name);
      const required = await server.send("GET /api/stacks/acme/web/dl/policypacks");
      const { packLocation } = required.body.requiredPolicies.find((pack: { name: string }) => pack.name === name);
      const path = join(server.folder, await blobOf(name));
      await truncate(path, resize((await stat(path)).size));
      for (const headers of [{}, { range: "bytes=0-9" }]) {
        const refused = await get(packLocation, headers);
        expect(refused.json()).toMatchObject({ code: 503, id: "archive_damaged" });
        expect(refused.statusCode).toBe(503);
        for (const header of ["etag", "cache-control", "repr-digest", "accept-ranges", "content-range"]) {
          expect(refused.headers).not.toHaveProperty(header);
        }
      }
      await server.send(`PATCH ${GROUP}`, { removePolicyPack: { name, versionTag: "1.0.0" } });
    });

    test("a download needs a URL that this server signed and that has not expired", async () => {
      const late = location.replace(/expires=\d+/, "expires=99999999999");
      const over = location.replace(/expires=\d+/, "expires=1000");
      for (const url of [late, over]) {
        expect((await get(url)).json()).toMatchObject({ code: 403, id: "download_refused" });
      }
    });
  });
});
