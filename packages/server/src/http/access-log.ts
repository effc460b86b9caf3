import type { FastifyReply, FastifyRequest } from "fastify";
import type { Ctx, LeaseCtx, UserCtx } from "../context.ts";
import { addressOf } from "./client-address.ts";
import { routeOf } from "./metrics.ts";

/**
 * Logs one line for a request when it has ended, also when the client went away: who called, from where, and what they got. The line has
 * the id that is in the answer, because the request's own log adds it.
 */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const began = performance.now();
  reply.raw.once("close", () => {
    const { method, url } = request;
    request.log.info(
      {
        method,
        // Without the query, because it can contain a signature.
        path: url.split("?")[0],
        route: routeOf(request),
        ...(reply.raw.headersSent && { status: reply.statusCode }),
        ...(!reply.raw.writableEnded && { aborted: true }),
        ms: Math.round(performance.now() - began),
        ip: addressOf(request),
        ...callerOf(request),
      },
      "request",
    );
  });
}

/** The login, or the update that its lease stands for. Nothing for a caller who did not sign in. */
function callerOf({ ctx }: FastifyRequest): { caller?: string; update?: string } {
  const known = ctx as (Ctx & Partial<UserCtx> & Partial<LeaseCtx>) | undefined;
  if (known?.actor) return { caller: known.actor.login };
  return known?.lease ? { update: known.lease.updateId } : {};
}
