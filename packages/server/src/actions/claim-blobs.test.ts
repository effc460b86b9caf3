import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { diskBlobs } from "../blobs/disk.ts";
import { claimInstance } from "../db/instance.ts";
import { buildApp } from "../http/app.ts";
import { deriveKeys, masterKeyOf } from "../keys.ts";
import { Metrics } from "../metrics.ts";
import { Sender } from "../outbound/sender.ts";
import { FACTS } from "../testing/app.ts";
import { engines, type TestDatabase } from "../testing/database.ts";
import { Workers } from "../workers/pool.ts";
import { claimBlobs } from "./claim-blobs.ts";

describe.each(engines)("servers of one database on $name", (engine) => {
  const keys = deriveKeys(randomBytes(32));
  let folder: string;
  let database: TestDatabase;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "quillon-claim-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    database = await engine.fresh();
    await claimInstance(database.db, masterKeyOf(randomBytes(32)));
    return () => database.close();
  });

  const limits = { json: 1, state: 1, archive: 1, secret: 1, pack: 1, requests: 1, entries: 1 };
  const newFolder = () => mkdtemp(join(folder, "blobs-"));

  /** Starts a server, as far as its blobs are concerned, and asks whether it is ready. */
  async function readiness(blobFolder: string) {
    const stores = { db: database.db, blobs: diskBlobs(blobFolder) };
    await claimBlobs(stores);
    const workers = new Workers(new URL("../worker.ts", import.meta.url));
    const sender = new Sender({ allowed: [] });
    const app = buildApp(
      { ...stores, keys, workers, sender, limits, server: FACTS, metrics: new Metrics({ version: "0.0.0-test" }) },
      { logLevel: "silent" },
    );
    const answer = await app.inject({ url: "/readyz" });
    await app.close();
    return { status: answer.statusCode, body: answer.json() };
  }

  test("are ready when they share the blobs, and after a restart", async () => {
    const shared = await newFolder();
    for (let start = 0; start < 3; start++) expect(await readiness(shared)).toMatchObject({ status: 200 });
    expect(await readdir(shared)).toHaveLength(1);
  });

  test("are not ready with blobs of their own, and say which file is missing", async () => {
    const first = await newFolder();
    await readiness(first);
    const [mark = ""] = await readdir(first);
    const second = await newFolder();
    expect(await readiness(second)).toMatchObject({
      status: 503,
      body: { code: 503, id: "blobs_elsewhere", message: expect.stringContaining(`it has no file ${mark}.`) },
    });
    expect(await readdir(second)).toEqual([]);

    await writeFile(join(second, mark), "");
    expect(await readiness(second)).toMatchObject({ status: 200 });
  });

  test("are not ready with the blobs of another database", async () => {
    const first = await newFolder();
    const other = await newFolder();
    await writeFile(join(other, "store-1b4e28ba-2fa1-41d2-883f-0016d3cca427"), "");
    await readiness(first);
    expect(await readiness(other)).toMatchObject({ status: 503 });
  });

  test("that start at the same moment with different blobs: exactly one is ready", async () => {
    const answers = await Promise.all([readiness(await newFolder()), readiness(await newFolder())]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
  });
});
