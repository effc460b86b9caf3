import type { Readable } from "node:stream";
import { newError } from "@quillon/contract";

/** A body above this size waits until few others of that size are in memory. */
const LARGE = 8 * 1024 * 1024;

/**
 * All bytes of a body, in memory that worker threads can read too. A gzip bomb is stopped while it is decompressed. The
 * stream is not destroyed when the body is refused, because the reply has to go out on its connection.
 *
 * @param options.setting what an operator changes when the limit is too low.
 * @param options.large is called once when the body turns out to be large. It goes on when that returns.
 * @throws body_too_large, and the reason of `signal` when it is aborted.
 */
export async function collect(
  payload: Readable,
  { limit, setting, signal, large }: { limit: number; setting: string; signal: AbortSignal; large(): Promise<void> },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let isLarge = false;
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => {
      payload.off("data", take).pause();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return refuse(newError("body_too_large", { limit, setting }));
      chunks.push(chunk);
      if (isLarge || size <= LARGE) return;
      isLarge = true;
      payload.pause();
      large().then(() => payload.resume(), refuse);
    };
    signal.addEventListener("abort", () => refuse(signal.reason), { once: true });
    payload.on("data", take).once("end", resolve).once("error", reject);
  });
  return inSharedMemory(chunks, size);
}

function inSharedMemory(chunks: readonly Buffer[], size: number): Buffer {
  const all = Buffer.from(new SharedArrayBuffer(size));
  let at = 0;
  for (const chunk of chunks) {
    chunk.copy(all, at);
    at += chunk.length;
  }
  return all;
}
