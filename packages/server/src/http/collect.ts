import { finished, type Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { newError } from "@quillon/contract";
import { ArrivingBody, type Resizable } from "./arriving-body.ts";

/** In bytes. A body above one of these sizes takes a seat. */
const SIZES = { medium: 64 * 1024, large: 8 * 1024 * 1024 };
export type BodySize = keyof typeof SIZES;

/** Waits until a body of a size may go on. */
export type TakeSeat = (size: BodySize) => Promise<void>;

interface Options {
  /** In bytes. */
  limit: number;
  /** What an operator changes when the limit is too low. */
  setting: string;
  signal: AbortSignal;
  /** Is called when the body that comes turns out to be of a size. */
  arrive: TakeSeat;
  /** Is called when a body of a size has come, before it is read into memory. */
  read: TakeSeat;
}

/**
 * All bytes of a body, in memory of its own, which can move to a worker thread. A gzip bomb is stopped while it is decompressed. The
 * stream is not destroyed when the body is refused, because the reply has to go out on its connection.
 *
 * @throws body_too_large, and the reason of `signal` when it is aborted.
 */
export async function collect(payload: Readable, options: Options): Promise<Buffer<ArrayBuffer>> {
  const body = new ArrivingBody(SIZES.medium);
  try {
    await receive(payload, body, options);
    const size = sizeOf(body.size);
    if (size) await options.read(size);
    return await body.bytes();
  } finally {
    await body.close();
  }
}

async function receive(
  payload: Readable,
  body: ArrivingBody,
  { limit, setting, signal, arrive }: Options,
): Promise<void> {
  let reached: BodySize | undefined;
  let waitedFor: Promise<void> | undefined;
  const place = async () => {
    const size = sizeOf(body.size);
    if (size && size !== reached) {
      reached = size;
      await arrive(size);
    }
    await body.unload();
  };
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => {
      payload.off("data", take).pause();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      if (body.size + chunk.length > limit) return refuse(newError("body_too_large", { limit, setting }));
      body.append(chunk);
      if (!body.isFull && sizeOf(body.size) === reached) return;
      payload.pause();
      waitedFor = place();
      waitedFor.then(() => payload.resume(), refuse);
    };
    if (signal.aborted) return refuse(signal.reason);
    signal.addEventListener("abort", () => refuse(signal.reason), { once: true });
    payload.on("data", take);
    // Unlike a listener, it also learns of a client that went away before it was asked to.
    finished(payload, { writable: false }, (error) => (error ? reject(error) : resolve()));
  });
  // A stream can end while it is paused.
  await waitedFor;
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
