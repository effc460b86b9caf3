import { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Seats } from "../seats.ts";
import { takerOf } from "./body.ts";
import type { RawReply } from "./route.ts";

/** How long replies wait for their clients. Tests use shorter times. */
export interface ReplyTimes {
  /** So long a client may take nothing of its reply. Then its connection is closed. */
  stalledMs: number;
  /** So long a reply that is streamed waits for others of the same caller to end. */
  patienceMs: number;
  /** After this time a reply is not taken any more whose request keeps others out. It is shorter than they wait. */
  wantedMs: number;
}

export const REPLY_TIMES: ReplyTimes = { stalledMs: 60_000, patienceMs: 30_000, wantedMs: 20_000 };

/** Of replies that are streamed, how many one caller may have at once: each holds megabytes that its client has not taken yet. */
const STREAMS = 16;

const ignore = () => {};

/** @returns waits until a reply may be sent, and gives what is sent. It throws server_busy, and what opening it throws. */
export function boundStreams({ patienceMs }: ReplyTimes) {
  const seats = new Seats(Number.POSITIVE_INFINITY, STREAMS, patienceMs);
  const wait = (request: FastifyRequest) => seats.take(takerOf(request), request.over.signal);
  return async (request: FastifyRequest, { body }: RawReply): Promise<Readable | Buffer | string> => {
    if (typeof body === "function") {
      await wait(request);
      return body();
    }
    if (!(body instanceof Readable)) return body;
    // Until it is sent nobody else listens. An error that nobody listens to ends the process, and destroying a stream may be one.
    body.on("error", ignore);
    try {
      await wait(request);
    } catch (error) {
      body.destroy();
      throw error;
    }
    return body;
  };
}

/** In characters. A reply that is not streamed is whole in memory until its client has taken it. Those of so much or more are counted. */
const COUNTED = 256 * 1024;
/** In characters: of those, how much one caller may have at once, or one of any size. */
const MOST = 64 * 1024 * 1024;

/** Bounds what large replies of one caller take of the memory. What is too much is `server_busy`. */
export function boundWhole(app: FastifyInstance): void {
  const held = new Map<string, number>();
  const add = (caller: string, size: number) => {
    const sum = (held.get(caller) ?? 0) + size;
    if (sum > 0) held.set(caller, sum);
    else held.delete(caller);
  };
  app.addHook("onSend", async (request, _, payload) => {
    const { signal } = request.over;
    const size = typeof payload === "string" || Buffer.isBuffer(payload) ? payload.length : 0;
    if (size < COUNTED || signal.aborted) return;
    const caller = takerOf(request);
    const before = held.get(caller) ?? 0;
    if (before > 0 && before + size > MOST) throw newError("server_busy", {});
    add(caller, size);
    signal.addEventListener("abort", () => add(caller, -size), { once: true });
  });
}

/**
 * The reply to a large body can be as large, and is in memory until it is taken: so long the request has the body's seat. With as many
 * clients that take their replies slowly as there are seats, nobody else could send a large body. So such a connection is closed when
 * somebody waits for its seat.
 */
export function freeSeats(app: FastifyInstance, { wantedMs }: Pick<ReplyTimes, "wantedMs">): void {
  app.addHook("onSend", async (request) => {
    const { over, raw, seats } = request;
    if (seats.size === 0 || over.signal.aborted) return;
    const began = performance.now();
    const timer = setInterval(() => {
      const isUntaken = raw.socket.writableLength > 0 && performance.now() - began >= wantedMs;
      if (isUntaken && [...seats].some((one) => one.isWanted)) raw.socket.destroy();
    }, wantedMs / 10).unref();
    over.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  });
}
