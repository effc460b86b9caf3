import { rename } from "node:fs/promises";
import { join } from "node:path";
import { routes } from "@quillon/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Blobs } from "../blobs/types.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { missingBlobMark } from "./claim-blobs.ts";
import { Readiness } from "./readiness.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const NEWER = "9999_newer";

describe.each(engines)("a server on $name that is not ready", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const ready = async () => (await t.send("GET /readyz")).status === 200;

  /** Moves the mark of the blob folder away, as when the folder is not mounted. */
  async function loseBlobs(): Promise<() => Promise<unknown>> {
    const { blob_store } = await t.db.selectFrom("instance").select("blob_store").executeTakeFirstOrThrow();
    const path = join(t.folder, `store-${blob_store}`);
    await rename(path, `${path}.away`);
    expect(await missingBlobMark(t)).toBe(`store-${blob_store}`);
    return () => rename(`${path}.away`, path);
  }

  async function migrateFurther(): Promise<() => Promise<unknown>> {
    await sql`insert into kysely_migration (name, timestamp) values (${NEWER}, '')`.execute(t.db);
    return () => sql`delete from kysely_migration where name = ${NEWER}`.execute(t.db);
  }

  async function migrateLess(): Promise<() => Promise<unknown>> {
    const { rows } = await sql<{ name: string; timestamp: string }>`
      delete from kysely_migration where name = (select max(name) from kysely_migration)
      returning name, timestamp`.execute(t.db);
    const [removed] = rows;
    return () =>
      sql`insert into kysely_migration (name, timestamp) values (${removed?.name}, ${removed?.timestamp})`.execute(
        t.db,
      );
  }

  test("says so in time when its blob store does not answer", async () => {
    let answer = () => {};
    const found = new Promise<undefined>((resolve) => {
      answer = () => resolve(undefined);
    });
    const hanging = { get: () => found } as unknown as Blobs;
    const readiness = new Readiness({ db: t.db, blobs: hanging });
    expect(await readiness.checkWithin(quiet, 10)).toMatchObject({ id: "not_ready" });
    // Many requests need no blob.
    expect(readiness.refusal).toBeUndefined();
    answer();
    expect(await readiness.checkWithin(quiet, 60_000)).toMatchObject({ id: "blobs_elsewhere" });
  });

  test.each([
    ["because its blob folder is another one", loseBlobs, "blobs_elsewhere"],
    ["because a newer server has changed the database", migrateFurther, "newer_schema"],
    ["because the database is not migrated", migrateLess, "not_ready"],
  ])("%s serves nothing but its health, until it is ready again", async (_, spoil, id) => {
    expect((await t.send("GET /api/user")).status).toBe(200);
    const mend = await spoil();
    expect(await t.send("GET /readyz")).toMatchObject({ status: 503, body: { code: 503, id } });
    for (const route of Object.keys(routes)) {
      const { status, body, headers } = await t.send(route.replace(/\{\w+\}/g, "x"));
      if (route === "GET /healthz") expect(status).toBe(200);
      // The answer to a HEAD has no body.
      else
        expect({ route, status, id: body.id ?? id, ...headers }).toMatchObject({
          route,
          status: 503,
          id,
          "retry-after": "2",
        });
    }
    await mend();
    expect(await ready()).toBe(true);
    expect((await t.send("GET /api/user")).status).toBe(200);
  });
});
