import { randomUUID } from "node:crypto";
import { finished, PassThrough, Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { HELD_MS } from "./held.ts";
import { BlobsUnavailable, unavailable } from "./s3-problems.ts";
import type { Blob, Blobs, HoldingStore, S3Place } from "./types.ts";

/** In bytes. What is larger is sent in parts of so much, one after another, so a put never holds more than two of them. S3 takes 10,000 of them. */
const PART = 8 * 1024 * 1024;

/** So that an S3 that hangs holds no request for ever: each try ends after these times, and the client tries three times. */
const TIMES = { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 60_000, throwOnRequestTimeout: true };
const TRIES = 3;
/** A blob of which less than so many bytes come in so long, although its reader waits for them, will not come in time either. */
const LEAST_BYTES = 256 * 1024;
const PACE_MS = 30_000;

/** A client that takes its archive slowly keeps a connection. With 50, the default, a few such clients keep everybody from all blobs. */
const agent = { maxSockets: 2_000 };

/** How many copies are asked for at once. */
const AT_ONCE = 8;

const HELD = "held-";

/** @param times only for tests. */
export function s3Blobs(
  place: S3Place,
  { paceMs = PACE_MS, ...times }: Partial<typeof TIMES> & { paceMs?: number } = {},
): HoldingStore {
  const client = new S3Client({
    ...(place.region && { region: place.region }),
    ...(place.endpoint && { endpoint: place.endpoint, forcePathStyle: true }),
    maxAttempts: TRIES,
    requestHandler: { ...TIMES, ...times, httpAgent: agent, httpsAgent: agent },
  });
  return new S3Store(client, { ...place, paceMs }, place.prefix);
}

class S3Store implements HoldingStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #at: S3Place & { paceMs: number };
  readonly #prefix: string;

  constructor(client: S3Client, at: S3Place & { paceMs: number }, prefix: string) {
    this.#client = client;
    this.#at = at;
    this.#prefix = prefix;
    this.place = `s3://${at.bucket}/${at.prefix}${at.endpoint ? ` at ${at.endpoint}` : ""}`;
  }

  async put(name: string, bytes: Readable): Promise<number> {
    try {
      const parts = partsOf(bytes);
      const [first, second] = [await parts.next(), await parts.next()];
      if (!second.done) return await this.#putInParts(name, joined([first.value, second.value], parts));
      const Body: Buffer = first.value ?? Buffer.alloc(0);
      await this.#stored(() => this.#client.send(new PutObjectCommand({ ...this.#object(name), Body })));
      return Body.length;
    } finally {
      bytes.destroy();
    }
  }

  /** S3 shows nothing under the name until all parts are there. */
  async #putInParts(name: string, parts: AsyncIterable<Buffer>): Promise<number> {
    const object = this.#object(name);
    const { UploadId } = await this.#asked(() => this.#client.send(new CreateMultipartUploadCommand(object)));
    const upload = { ...object, UploadId };
    try {
      const Parts: { ETag: string; PartNumber: number }[] = [];
      let size = 0;
      for await (const Body of parts) {
        const PartNumber = Parts.length + 1;
        const ETag = await this.#stored(() =>
          this.#client.send(new UploadPartCommand({ ...upload, PartNumber, Body })),
        );
        Parts.push({ ETag, PartNumber });
        size += Body.length;
      }
      await this.#stored(() =>
        this.#client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })),
      );
      return size;
    } catch (error) {
      // The first error says what is wrong. What stays is removed with the blob.
      await this.#client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
      throw error;
    }
  }

  async get(name: string, range?: { start: number; end: number }): Promise<Blob | undefined> {
    const object = this.#object(name);
    const Range = range && `bytes=${range.start}-${range.end}`;
    try {
      const { Body, ContentRange, ContentLength } = await this.#client.send(
        new GetObjectCommand({ ...object, ...(Range && { Range }) }),
      );
      const size = Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1] ?? ContentLength);
      return { size, bytes: saying(this.place, Body as Readable, this.#at.paceMs) };
    } catch (error) {
      if (isNamed(error, "NoSuchKey", "NotFound")) return undefined;
      if (!isNamed(error, "InvalidRange")) throw unavailable(this.place, error);
      const { ContentLength } = await this.#asked(() => this.#client.send(new HeadObjectCommand(object)));
      return { size: Number(ContentLength), bytes: Readable.from([]) };
    }
  }

  async remove(name: string): Promise<void> {
    await this.#delete(name);
    const object = this.#object(name);
    const { Uploads = [] } = await this.#asked(() =>
      this.#client.send(new ListMultipartUploadsCommand({ Bucket: object.Bucket, Prefix: object.Key })),
    );
    for (const { Key, UploadId } of Uploads.filter((upload) => upload.Key === object.Key))
      await this.#asked(() =>
        this.#client.send(new AbortMultipartUploadCommand({ Bucket: object.Bucket, Key, UploadId })),
      );
  }

  async #delete(name: string): Promise<void> {
    await this.#asked(() => this.#client.send(new DeleteObjectCommand(this.#object(name))));
  }

  async isEmpty(): Promise<boolean> {
    for await (const _ of this.#list()) return false;
    return true;
  }

  async clear(): Promise<void> {
    for await (const { name } of this.#list()) await this.#delete(name);
  }

  async hold(
    names: readonly string[],
  ): Promise<{ blobs: Pick<Blobs, "get">; missing: string[]; release(): Promise<void> }> {
    await this.#releaseOld();
    const folder = `${HELD}${randomUUID()}/`;
    const held = new S3Store(this.#client, this.#at, `${this.#prefix}${folder}`);
    const missing: string[] = [];
    const waiting = [...names];
    const copy = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
        if (!(await this.#copy(name, `${folder}${name}`))) missing.push(name);
    };
    const copies = await Promise.allSettled(Array.from({ length: AT_ONCE }, copy));
    const failed = copies.find((one) => one.status === "rejected");
    if (!failed) return { blobs: held, missing, release: () => held.clear() };
    await held.clear().catch(() => {});
    throw failed.reason;
  }

  /** Inside S3. @returns whether there was such a blob. */
  async #copy(from: string, to: string): Promise<boolean> {
    const { Bucket, Key } = this.#object(from);
    const CopySource = `${Bucket}/${Key.split("/").map(encodeURIComponent).join("/")}`;
    try {
      await this.#client.send(new CopyObjectCommand({ ...this.#object(to), CopySource }));
      return true;
    } catch (error) {
      if (isNamed(error, "NoSuchKey", "NotFound")) return false;
      throw unavailable(this.place, error);
    }
  }

  async #releaseOld(): Promise<void> {
    for await (const { name, at } of this.#list(HELD)) if (at < Date.now() - HELD_MS) await this.#delete(name);
  }

  /** Names that begin with `start`, and when each was written. */
  async *#list(start = ""): AsyncGenerator<{ name: string; at: number }> {
    const Prefix = `${this.#prefix}${start}`;
    for (let token: string | undefined; ; ) {
      const page = await this.#asked(() =>
        this.#client.send(
          new ListObjectsV2Command({ Bucket: this.#at.bucket, Prefix, ...(token && { ContinuationToken: token }) }),
        ),
      );
      for (const { Key = "", LastModified } of page.Contents ?? [])
        yield { name: Key.slice(this.#prefix.length), at: LastModified?.getTime() ?? Date.now() };
      token = page.NextContinuationToken;
      if (!page.IsTruncated || !token) return;
    }
  }

  #object(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#at.bucket, Key: `${this.#prefix}${name}` };
  }

  /**
   * A proxy before S3 can answer 200 with a page of its own, and then nothing is stored. S3 names what it has stored.
   *
   * @throws BlobsUnavailable
   */
  async #stored(send: () => Promise<{ ETag?: string | undefined }>): Promise<string> {
    const { ETag } = await this.#asked(send);
    if (ETag === undefined) throw unavailable(this.place, new Error("What answers there is no S3"));
    return ETag;
  }

  /** @throws BlobsUnavailable */
  async #asked<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw error instanceof BlobsUnavailable ? error : unavailable(this.place, error);
    }
  }
}

/** The same bytes. When S3 is lost in the middle of them, who reads them is told BlobsUnavailable. */
function saying(place: string, body: Readable, paceMs: number): Readable {
  const bytes = new PassThrough();
  // S3 can be lost before somebody reads, and then nobody listens yet: the process would end. Who reads later is told all the same.
  bytes.on("error", () => {});
  bytes.once("close", () => body.destroy());
  finished(body, { writable: false }, (error) => error && bytes.destroy(unavailable(place, error)));
  keepPace(body, paceMs);
  return body.pipe(bytes);
}

/** Ends a stream that comes too slowly for its reader. While the reader is the slower one, it may take any time. */
function keepPace(body: Readable, paceMs: number): void {
  let came = 0;
  let waited = false;
  const timer = setInterval(() => {
    if (!waited && came < LEAST_BYTES) body.destroy(Object.assign(new Error("too slow"), { name: "TimeoutError" }));
    came = 0;
    waited = body.isPaused();
  }, paceMs).unref();
  body.on("data", (chunk: Buffer) => {
    came += chunk.length;
  });
  body.on("pause", () => {
    waited = true;
  });
  body.once("close", () => clearInterval(timer));
}

function isNamed(error: unknown, ...names: string[]): boolean {
  return names.includes((error as Error | undefined)?.name ?? "");
}

/** The stream in pieces of `PART` bytes, but the last, which can be smaller. */
async function* partsOf(bytes: Readable): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    const buffer = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Buffer);
    chunks.push(buffer);
    size += buffer.length;
    while (size >= PART) {
      const all = Buffer.concat(chunks);
      yield all.subarray(0, PART);
      chunks = [all.subarray(PART)];
      size -= PART;
    }
  }
  if (size > 0) yield Buffer.concat(chunks);
}

async function* joined(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}
