import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, test, vi } from "vitest";
import { backUp, readSettings, restore, startServer } from "../main.ts";
import { hasS3Server, startS3Server } from "../testing/s3-server.ts";

const superuser = process.env.QUILLON_TEST_POSTGRES;

test("a bucket needs a PostgreSQL", async () => {
  const settings = readSettings({ blobs: "s3://states" }, {});
  await expect(startServer(settings)).rejects.toThrow("--blobs (QUILLON_BLOBS) needs a PostgreSQL");
});

test.runIf(superuser && hasS3Server)(
  "a server with a bucket is backed up and restored, to a folder and back",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "quillon-bucket-"));
    const s3 = await startS3Server();
    for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
    const admin = new pg.Client({ connectionString: superuser });
    await admin.connect();
    const databases: string[] = [];
    const key = randomBytes(32).toString("base64");
    const newSettings = async (data: string, bucket?: string) => {
      const name = `quillon_${randomUUID().replaceAll("-", "")}`;
      await admin.query(`create database ${name}`);
      databases.push(name);
      const url = new URL(superuser ?? "");
      url.pathname = `/${name}`;
      if (bucket) await s3.newBucket(bucket);
      return readSettings(
        {
          data: join(folder, data),
          listen: "127.0.0.1:0",
          ...(bucket && { blobs: `s3://${bucket}/one?endpoint=${s3.endpoint}` }),
        },
        {
          QUILLON_LOG_LEVEL: "silent",
          QUILLON_DATABASE_URL: url.href,
          QUILLON_MASTER_KEY: key,
          QUILLON_BOOTSTRAP_TOKEN: "given",
        },
      );
    };
    try {
      const first = await newSettings("first", "states");
      const state = await withServer(first, async (ask) => {
        await ask("POST /api/stacks/acme/web", { stackName: "dev" });
        await ask("POST /api/stacks/acme/web/dev/import", { version: 3, deployment: largeDeployment() });
        return ask("GET /api/stacks/acme/web/dev/export");
      });
      expect(JSON.stringify(state).length).toBeGreaterThan(600_000);
      expect(await readdir(join(s3.folder, "states", "one", "states"))).toHaveLength(1);
      expect(await readdir(join(folder, "first"))).toEqual([]);

      const [one, two] = [join(folder, "one.backup"), join(folder, "two.backup")];
      const { blobs, ...unnamed } = first;
      expect(blobs).toBeDefined();
      await expect(backUp(unnamed, one)).rejects.toThrow("or their bucket with");
      expect(await backUp(first, one)).toMatchObject({ blobs: 1, missing: [] });
      const inFolder = await newSettings("second");
      await restore(inFolder, one);
      const exported = (ask: Ask) => ask("GET /api/stacks/acme/web/dev/export");
      expect(await withServer(inFolder, exported)).toEqual(state);
      expect(await backUp(inFolder, two)).toMatchObject({ blobs: 1, missing: [] });
      const inBucket = await newSettings("third", "others");
      await restore(inBucket, two);
      expect(await withServer(inBucket, exported)).toEqual(state);
      await expect(restore(first, two)).rejects.toThrow("s3://states/one/ at");
    } finally {
      vi.unstubAllEnvs();
      for (const name of databases) await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      await s3.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

type Settings = ReturnType<typeof readSettings>;

type Ask = (request: string, body?: unknown) => Promise<unknown>;

async function withServer<T>(settings: Settings, work: (ask: Ask) => Promise<T>): Promise<T> {
  const server = await startServer(settings);
  try {
    return await work(async (request, body) => {
      const [method = "", path] = request.split(" ");
      const headers = { authorization: "token given", "content-type": "application/json" };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await fetch(`${server.url}${path}`, { method, headers, ...sent });
      expect([request, answer.status]).toEqual([request, 200]);
      return answer.json();
    });
  } finally {
    await server.close();
  }
}

/** Random, so that its gzip is too large for a row, too. */
function largeDeployment() {
  const urn = "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev";
  const outputs = { noise: randomBytes(400_000).toString("hex") };
  const time = "2026-01-01T00:00:00Z";
  return {
    manifest: { time, magic: "", version: "" },
    resources: [{ urn, custom: false, type: "pulumi:pulumi:Stack", outputs, created: time, modified: time }],
  };
}
