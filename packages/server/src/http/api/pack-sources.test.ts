import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweepPacks } from "../../packs/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newManager } from "../../testing/group.ts";
import { archiveOf, PACKS, publication, upload, uploadAndComplete, uploadSources } from "../../testing/pack.ts";

const OWN = "/api/quillon/orgs/acme/policypacks";

describe.each(engines)("the sources of a bundled pack on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine, { archive: 100_000 });
  });
  afterAll(() => t.close());

  const version = "1.0.0";
  const reserve = async (name: string): Promise<string> =>
    (await t.send(`POST ${PACKS}`, publication(name, version))).body.uploadURI;
  const complete = (name: string) => t.send(`POST ${PACKS}/${name}/versions/${version}/complete`);
  const download = (name: string, headers: object = {}) =>
    t.app.inject({
      url: `${OWN}/${name}/versions/${version}/sources`,
      headers: { authorization: `token ${t.token}`, ...headers },
    });
  const blobsOnDisk = async () => (await readdir(join(t.folder, "archives"))).length;

  test("are kept to the byte, and no dependency in them is refused", async () => {
    const sources = await archiveOf(undefined, { "package.json": '{"dependencies":{"lib":"file:../lib"}}' });
    const uploadURI = await reserve("kept");
    expect((await uploadSources(t, { name: "kept", version }, await archiveOf())).status).toBe(200);
    expect((await uploadSources(t, { name: "kept", version }, sources)).status).toBe(200);
    expect((await download("kept")).statusCode).toBe(404);
    await uploadAndComplete(t, { name: "kept", version, uploadURI });
    const sha256 = createHash("sha256").update(sources).digest("hex");
    expect((await t.send(`GET ${PACKS}/kept/versions/${version}`)).body.sources).toEqual({
      sha256,
      size: sources.length,
    });
    const served = await download("kept");
    expect(served.rawPayload.equals(sources)).toBe(true);
    expect(served.headers).toMatchObject({ etag: `"${sha256}"`, "cache-control": "private, no-cache" });
    expect((await download("kept", { "if-none-match": `"${sha256}"` })).statusCode).toBe(304);
  });

  test("can't be changed once the version is published", async () => {
    const uploadURI = await reserve("final");
    await uploadAndComplete(t, { name: "final", version, uploadURI });
    const late = await uploadSources(t, { name: "final", version }, await archiveOf());
    expect(late).toMatchObject({ status: 409, body: { id: "upload_finished" } });
    expect(JSON.parse((await download("final")).body)).toMatchObject({ id: "pack_sources_missing" });
  });

  test("are those of whoever reserved the version", async () => {
    await reserve("mine");
    const as = await newManager(t);
    const path = `${OWN}/mine/versions/${version}/sources`;
    const sent = await t.send(`PUT ${path}`, undefined, { as, payload: await archiveOf() });
    expect(sent).toMatchObject({ status: 404, body: { id: "pack_not_reserved" } });
  });

  test.each([
    ["that can't be unpacked", Buffer.from("x"), "archive_invalid"],
    ["that unpack to too much", undefined, "body_too_large"],
  ])("%s are refused when the version is completed", async (_, bytes, id) => {
    const name = `refused-${id.replaceAll("_", "-")}`;
    const uploadURI = await reserve(name);
    const bomb = await archiveOf(undefined, { zeros: "\0".repeat(200_000) });
    await upload(t, uploadURI, await archiveOf());
    expect((await uploadSources(t, { name, version }, bytes ?? bomb)).status).toBe(200);
    expect((await complete(name)).body).toMatchObject({ id });
  });

  test("an empty body and one that is too large are refused", async () => {
    await reserve("odd");
    const send = (bytes: Buffer) => uploadSources(t, { name: "odd", version }, bytes);
    expect((await send(Buffer.alloc(0))).body).toMatchObject({ id: "archive_invalid" });
    expect((await send(Buffer.alloc(100_001))).body).toMatchObject({ id: "body_too_large" });
  });

  test("go with their version, and with a publish that was not finished", async () => {
    const uploadURI = await reserve("going");
    await uploadSources(t, { name: "going", version }, await archiveOf());
    await uploadAndComplete(t, { name: "going", version, uploadURI });
    await sql`update archive_blobs set created_at = now() - interval '2 days'`.execute(t.db);
    await sweepPacks(t);
    const before = await blobsOnDisk();
    expect((await download("going")).statusCode).toBe(200);
    await t.send(`DELETE ${PACKS}/going/versions/${version}`);
    expect((await download("going")).statusCode).toBe(404);
    expect(await blobsOnDisk()).toBe(before - 2);

    await reserve("unfinished");
    await uploadSources(t, { name: "unfinished", version }, await archiveOf());
    await sql`update policy_pack_versions set reserved_until = now() - interval '1 minute'
      where pack_id = (select id from policy_packs where name = 'unfinished')`.execute(t.db);
    await sweepPacks(t);
    expect(await blobsOnDisk()).toBe(before - 2);
  });
});
