import { gunzipSync } from "node:zlib";
import { newError } from "@quillon/contract";
import { sizeOf, type TakeSeat } from "./collect.ts";

/** In bytes, compressed. To have another thread decompress so much takes longer than to do it at once. */
export const SMALL = 64 * 1024;
/** In bytes, not compressed. Batches of a journal have 100 KB and more, and this takes some two milliseconds. */
export const SMALL_PLAIN = 256 * 1024;

/**
 * Decompresses a body that is small before and after.
 *
 * @param options.limit for what is decompressed, in bytes.
 * @param options.read is called before a body of a size is decompressed.
 * @returns it in memory of its own, which can move to a worker thread; undefined for one that is not small after, or is above the limit.
 * @throws invalid_gzip
 */
export async function gunzipSmall(
  gzip: Buffer,
  { limit, read }: { limit: number; read: TakeSeat },
): Promise<Buffer<ArrayBuffer> | undefined> {
  // The last bytes say how large the last member is. Others may come before it, and they may say anything.
  const said = gzip.length < 4 ? 0 : gzip.readUInt32LE(gzip.length - 4);
  if (said > Math.min(SMALL_PLAIN, limit)) return undefined;
  const size = sizeOf(said);
  if (size) await read(size);
  const most = Math.min(size ? SMALL_PLAIN : SMALL, limit);
  try {
    // With more room than it needs, zlib is asked once.
    const plain = gunzipSync(gzip, { maxOutputLength: most, chunkSize: said + 64 });
    // Node.js gives it memory that other buffers are in, too.
    const own = Buffer.from(new ArrayBuffer(plain.length));
    own.set(plain);
    return own;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw newError("invalid_gzip", {});
  }
}
