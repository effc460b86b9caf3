import { randomUUID } from "node:crypto";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hasS3Server, type S3Server, startS3Server } from "../testing/s3-server.ts";
import { blobsConform } from "./conformance.ts";
import { s3Blobs } from "./s3.ts";
import type { Blobs } from "./types.ts";

const MiB = 1024 * 1024;
const region = "us-east-1";

describe.runIf(hasS3Server)("blobs in S3", () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
    for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  async function open() {
    const bucket = randomUUID();
    await server.newBucket(bucket);
    const blobs = s3Blobs({ bucket, prefix: "some/prefix/", region, endpoint: server.endpoint });
    const list = async () => {
      const entries = await readdir(join(server.folder, bucket), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    };
    return { blobs, list, folder: join(server.folder, bucket, "some/prefix") };
  }

  // Its parts.
  blobsConform(open, ["1", "2"]);

  test("what is larger than a part comes back as it was, and ranges go across parts", async () => {
    const { blobs } = await open();
    const chunks = Array.from({ length: 17 }, (_, index) => Buffer.alloc(MiB, index));
    expect(await blobs.put("a", Readable.from([...chunks, Buffer.from("end")]))).toBe(17 * MiB + 3);
    const blob = await blobs.get("a");
    expect(blob?.size).toBe(17 * MiB + 3);
    expect(
      (await buffer(blob?.bytes ?? Readable.from([]))).equals(Buffer.concat([...chunks, Buffer.from("end")])),
    ).toBe(true);
    const range = await blobs.get("a", { start: 8 * MiB - 1, end: 8 * MiB });
    expect([...(await buffer(range?.bytes ?? Readable.from([])))]).toEqual([7, 8]);
  });

  test("what is held stays when it is removed, and goes when it is released", async () => {
    const { blobs, list } = await open();
    await blobs.put("states/a", Readable.from(["hello"]));
    const held = await blobs.hold(["states/a", "states/none"]);
    expect(held.missing).toEqual(["states/none"]);
    await blobs.remove("states/a");
    expect((await buffer((await held.blobs.get("states/a"))?.bytes ?? Readable.from([]))).toString()).toBe("hello");
    await held.release();
    expect(await list()).toEqual([]);
    expect(await blobs.isEmpty()).toBe(true);
  });

  test("those that are taken slowly keep nobody from others", async () => {
    const { blobs } = await open();
    await blobs.put("a", Readable.from([Buffer.alloc(MiB)]));
    const slow = await Promise.all(Array.from({ length: 60 }, () => blobs.get("a")));
    const next = await blobs.get("a");
    expect(next?.size).toBe(MiB);
    for (const blob of [...slow, next]) blob?.bytes.destroy();
  });

  test("a stream that fails after some parts leaves nothing behind", async () => {
    const { blobs, list } = await open();
    const broken = async function* () {
      yield Buffer.alloc(20 * MiB);
      throw new Error("the client went away");
    };
    await expect(blobs.put("a/broken", Readable.from(broken()))).rejects.toThrow("went away");
    expect(await list()).toEqual([]);
  });

  test("what a killed backup has held is released after a day, also what comes after the 1,000 names that S3 lists at once", async () => {
    const { blobs, list, folder } = await open();
    const held = join(folder, "held-x");
    await mkdir(held, { recursive: true });
    const names = Array.from({ length: 1001 }, (_, index) => String(index).padStart(4, "0"));
    for (const name of names) await writeFile(join(held, name), "");
    const daysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    await utimes(join(held, "1000"), daysAgo, daysAgo);
    await blobs.hold([]);
    expect((await list()).sort()).toEqual(names.slice(0, 1000));
  });

  test("a bucket that is not there is named, and is no missing blob", async () => {
    const blobs = s3Blobs({ bucket: "none", prefix: "", region, endpoint: server.endpoint });
    await expect(blobs.get("a")).rejects.toThrow("s3://none/ at");
    await expect(blobs.get("a")).rejects.toThrow("there is no such bucket");
    await expect(blobs.put("a", Readable.from(["x"]))).rejects.toThrow("there is no such bucket");
  });
});

test("an S3 that never answers holds nobody for ever", async () => {
  const silent = createServer((socket) => socket.on("error", () => {}).resume());
  await withStandIn(silent, { requestTimeout: 20, socketTimeout: 20 }, async (blobs) => {
    await expect(blobs.get("a")).rejects.toThrow("it does not answer");
  });
});

test("a blob that S3 stops sending before somebody reads it fails for who reads it, and for nobody else", async () => {
  // With a checksum the client puts its own stream before that of the connection.
  const headers = { "content-length": "10", "x-amz-checksum-crc32": "AAAAAA==" };
  const stuck = createHttpServer((_request, reply) => reply.writeHead(200, headers).write("half"));
  // Long enough that what was sent comes before, also on a busy machine.
  await withStandIn(stuck, { socketTimeout: 500 }, async (blobs) => {
    const { bytes } = (await blobs.get("a")) ?? {};
    if (!bytes) throw new Error("There is no blob.");
    await vi.waitUntil(() => bytes.errored, { timeout: 60_000 });
    await expect(buffer(bytes)).rejects.toMatchObject({
      code: "BLOBS_UNAVAILABLE",
      message: expect.stringMatching(/^The blob store s3:\/\/b\/ at \S+ can't be used: it does not answer\./),
    });
  });
});

test("a blob that comes in drops fails for its reader", async () => {
  const drops = createHttpServer((_request, reply) => {
    reply.writeHead(200, { "content-length": "1000000" });
    const timer = setInterval(() => reply.write("x"), 10);
    reply.once("close", () => clearInterval(timer));
  });
  await withStandIn(drops, { paceMs: 100 }, async (blobs) => {
    const { bytes = Readable.from([]) } = (await blobs.get("a")) ?? {};
    await expect(buffer(bytes)).rejects.toThrow("it does not answer");
  });
});

test("a blob may be read as slowly as its reader likes", async () => {
  const whole = createHttpServer((_request, reply) =>
    reply.writeHead(200, { "content-length": 8 * MiB }).end(Buffer.alloc(8 * MiB)),
  );
  // Longer than it takes to send all of it, also on a busy machine.
  const paceMs = 2_000;
  await withStandIn(whole, { paceMs }, async (blobs) => {
    const { bytes = Readable.from([]) } = (await blobs.get("a")) ?? {};
    let size = 0;
    for await (const chunk of bytes) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 2.5 * paceMs));
      size += chunk.length;
    }
    expect(size).toBe(8 * MiB);
  });
});

test.each([
  ["of one part", 1],
  ["of several parts", 9 * MiB],
])("a blob %s is not taken as stored when what answers is no S3", async (_, size) => {
  const portal = createHttpServer((request, reply) => {
    request
      .resume()
      .once("end", () => reply.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>"));
  });
  await withStandIn(portal, {}, async (blobs) => {
    await expect(blobs.put("a", Readable.from([Buffer.alloc(size)]))).rejects.toMatchObject({
      code: "BLOBS_UNAVAILABLE",
    });
  });
});

/** Uses blobs in what stands in for an S3, because a real one can't be made to stop. */
async function withStandIn(
  server: Server,
  times: Parameters<typeof s3Blobs>[1],
  use: (blobs: Blobs) => Promise<void>,
): Promise<void> {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as { port: number };
    const place = { bucket: "b", prefix: "", region, endpoint: `http://127.0.0.1:${port}` };
    await use(s3Blobs(place, times));
  } finally {
    server.close();
    vi.unstubAllEnvs();
  }
}
