import { Readable } from "node:stream";
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
