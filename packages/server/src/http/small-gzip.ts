import { gunzipSync } from "node:zlib";
import { newError } from "@quillon/contract";

/** In bytes, compressed and not. To have another thread decompress so much takes longer than to do it at once. */
export const SMALL = 64 * 1024;

/**
 * Decompresses a body that is small before and after.
 *
 * @param limit for what is decompressed, in bytes.
 * @returns it in memory of its own, which can move to a worker thread; undefined for one that is not small after, or is above the limit.
 * @throws invalid_gzip
 */
export function gunzipSmall(gzip: Buffer, limit: number): Buffer<ArrayBuffer> | undefined {
  // The last bytes say how large the last member is. Others may come before it, and they may say anything.
  const said = gzip.length < 4 ? 0 : gzip.readUInt32LE(gzip.length - 4);
  const most = Math.min(SMALL, limit);
  if (said > most) return undefined;
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
