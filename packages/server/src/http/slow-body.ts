import { newError } from "@quillon/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** Is aborted with the error for the caller when the body comes too slowly. */
    tooSlow: AbortController;
  }
}

/** How long a body may take. Tests use shorter times. */
export interface BodyTimes {
  checkEveryMs: number;
  /** In this time a body may come as slowly as it likes. */
  graceMs: number;
  /** So long the rest of a body that was refused is read and thrown away, so that the client reads the reply. */
  drainMs: number;
}

const TIMES: BodyTimes = { checkEveryMs: 5_000, graceMs: 20_000, drainMs: 5_000 };
/** A slow mobile connection sends ten times as much. */
const LEAST_BYTES_PER_SECOND = 8 * 1024;

/** Ends requests whose bodies come too slowly, and reads what is left of the bodies that were refused. */
export function boundBodyTime(app: FastifyInstance, times: BodyTimes = TIMES): void {
  app.decorateRequest("tooSlow");
  app.addHook("onRequest", async (request) => {
    request.tooSlow = new AbortController();
    if (isUnread(request)) watch(request, times);
  });
  // Fastify would close the connection with the reply. A client that is still sending then often loses the reply.
  app.addHook("onSend", async (request, reply) => {
    if (isUnread(request)) reply.removeHeader("connection");
  });
  app.addHook("onResponse", async (request) => {
    const { raw } = request;
    if (!isUnread(request) || raw.destroyed) return;
    const timer = setTimeout(() => raw.socket.destroy(), times.drainMs);
    raw.once("close", () => clearTimeout(timer)).resume();
  });
}

/** Whether more of the request's body is to come on its connection. */
function isUnread({ raw, headers }: FastifyRequest): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return hasBody && raw.complete === false;
}

/** Whether what has come waits to be taken. A stream that is read by iteration is always paused. */
function isOurFault({ raw, routeOptions }: FastifyRequest): boolean {
  return isStream(routeOptions) ? raw.readableLength > 0 : raw.isPaused();
}

function isStream({ config }: FastifyRequest["routeOptions"]): boolean {
  return config.route?.raw === "stream";
}

function watch(request: FastifyRequest, { checkEveryMs, graceMs }: BodyTimes): void {
  const { raw } = request;
  const { socket } = raw;
  const began = { at: performance.now(), bytes: socket.bytesRead };
  const timer = setInterval(() => {
    if (raw.complete || raw.destroyed) return clearInterval(timer);
    const ms = performance.now() - began.at;
    const expected = ((ms - graceMs) / 1000) * LEAST_BYTES_PER_SECOND;
    if (socket.bytesRead - began.bytes >= expected || isOurFault(request)) return;
    clearInterval(timer);
    request.tooSlow.abort(newError("body_too_slow", {}));
    // An upload goes to its file as it comes, and ends with its connection.
    if (isStream(request.routeOptions)) socket.destroy();
  }, checkEveryMs).unref();
}
