import { finished, type Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { newError } from "@quillon/contract";

/** A body above one of these sizes, in bytes, waits until few others of that size are in memory. */
const SIZES = { medium: 64 * 1024, large: 8 * 1024 * 1024 };
export type BodySize = keyof typeof SIZES;

/**
 * All bytes of a body, in memory of its own, which can move to a worker thread. A gzip bomb is stopped while it is decompressed. The
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
): Promise<Buffer<ArrayBuffer>> {
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
    if (signal.aborted) return refuse(signal.reason);
    signal.addEventListener("abort", () => refuse(signal.reason), { once: true });
    payload.on("data", take);
    // Unlike a listener, it also learns of a client that went away before it was asked to.
    finished(payload, { writable: false }, (error) => (error ? reject(error) : resolve()));
  });
  return memory.bytes();
}

/** In bytes. V8 clears memory before it gives it back, which takes some milliseconds. */
const RELEASED_AT_ONCE = 8 * 1024 * 1024;

/** Gives the memory of a large body back soon, and other requests have their turn meanwhile. Nobody may read it any more. */
export async function release({ buffer, length }: Buffer<ArrayBuffer>): Promise<void> {
  if (sizeOf(length) !== "large") return;
  while (buffer.byteLength > 0) {
    (buffer as Resizable).resize(Math.max(0, buffer.byteLength - RELEASED_AT_ONCE));
    await setImmediate();
  }
}

/** @returns undefined for a small one. */
export function sizeOf(bytes: number): BodySize | undefined {
  if (bytes > SIZES.large) return "large";
  return bytes > SIZES.medium ? "medium" : undefined;
}

/** Resizable ArrayBuffer of ECMAScript 2024, which Node.js 20 has. */
interface Resizable extends ArrayBuffer {
  resize(length: number): void;
}
const ResizableBuffer = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => Resizable;

const FIRST = 64 * 1024;

/**
 * Memory that grows where it is, so that a body is never in memory twice. It is not shared, because V8 does not count shared
 * memory and would seldom look for what can be freed.
 */
class GrowingMemory {
  readonly #most: number;
  readonly #memory: Resizable;
  size = 0;

  constructor(most: number) {
    this.#most = most;
    this.#memory = new ResizableBuffer(0, { maxByteLength: most });
  }

  append(chunk: Buffer): void {
    const size = this.size + chunk.length;
    const room = this.#memory.byteLength;
    if (size > room) this.#memory.resize(Math.min(this.#most, Math.max(size, FIRST, room * 2)));
    chunk.copy(Buffer.from(this.#memory, this.size, chunk.length));
    this.size = size;
  }

  bytes(): Buffer<ArrayBuffer> {
    return Buffer.from(this.#memory, 0, this.size);
  }
}
