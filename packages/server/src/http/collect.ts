import type { Readable } from "node:stream";
import { newError } from "@quillon/contract";

/** A body above one of these sizes, in bytes, waits until few others of that size are in memory. */
const SIZES = { medium: 64 * 1024, large: 8 * 1024 * 1024 };
export type BodySize = keyof typeof SIZES;

/**
 * All bytes of a body, in memory that worker threads can read too. A gzip bomb is stopped while it is decompressed. The
 * stream is not destroyed when the body is refused, because the reply has to go out on its connection.
 *
 * @param options.setting what an operator changes when the limit is too low.
 * @param options.reach is called when the body turns out to be of a size. It goes on when that returns.
 * @throws body_too_large, and the reason of `signal` when it is aborted.
 */
export async function collect(
  payload: Readable,
  {
    limit,
    setting,
    signal,
    reach,
  }: { limit: number; setting: string; signal: AbortSignal; reach(size: BodySize): Promise<void> },
): Promise<Buffer> {
  const memory = new GrowingMemory(limit);
  let reached: BodySize | undefined;
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => {
      payload.off("data", take).pause();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      if (memory.size + chunk.length > limit) return refuse(newError("body_too_large", { limit, setting }));
      memory.append(chunk);
      const size = sizeOf(memory.size);
      if (!size || size === reached) return;
      reached = size;
      payload.pause();
      reach(size).then(() => payload.resume(), refuse);
    };
    signal.addEventListener("abort", () => refuse(signal.reason), { once: true });
    payload.on("data", take).once("end", resolve).once("error", reject);
  });
  return memory.bytes();
}

function sizeOf(bytes: number): BodySize | undefined {
  if (bytes > SIZES.large) return "large";
  return bytes > SIZES.medium ? "medium" : undefined;
}

/** SharedArrayBuffer of ECMAScript 2024, which Node.js 20 has. */
interface Growable extends SharedArrayBuffer {
  grow(length: number): void;
}
const GrowableBuffer = SharedArrayBuffer as unknown as new (
  length: number,
  options: { maxByteLength: number },
) => Growable;

const FIRST = 64 * 1024;

/** Memory that grows where it is, so that a body is never in memory twice. */
class GrowingMemory {
  readonly #most: number;
  readonly #memory: Growable;
  size = 0;

  constructor(most: number) {
    this.#most = most;
    this.#memory = new GrowableBuffer(0, { maxByteLength: most });
  }

  append(chunk: Buffer): void {
    const size = this.size + chunk.length;
    const room = this.#memory.byteLength;
    if (size > room) this.#memory.grow(Math.min(this.#most, Math.max(size, FIRST, room * 2)));
    chunk.copy(Buffer.from(this.#memory, this.size, chunk.length));
    this.size = size;
  }

  bytes(): Buffer {
    return Buffer.from(this.#memory, 0, this.size);
  }
}
