import { createHash } from "node:crypto";
import fastifyRateLimit from "@fastify/rate-limit";
import { type Access, newError, QuillonError } from "@quillon/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { addressOf } from "./client-address.ts";
import { callerToken } from "./session-cookie.ts";

const WINDOW_MS = 10_000;
/** Of the requests that one token may make, so many wrong tokens may come from one address in a minute. */
const FAILURES = 1 / 20;
/** How many tokens are remembered as valid. Each is a hash. */
const MOST_KNOWN = 10_000;

type Authorize<T> = () => Promise<T>;

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/**
 * Bounds how often one token may call, and how many wrong tokens one address may try. Routes of a running update are not
 * bounded, because CLIs before 3.256 do not repeat a request after a 429:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L113
 *
 * @param most requests of one token in ten seconds.
 * @returns wraps the sign-in of a request.
 */
export function limitRates(
  app: FastifyInstance,
  most: number,
): <T>(exchange: Exchange, access: Access, authorize: Authorize<T>) => Promise<T> {
  app.register(fastifyRateLimit, { global: false, cache: 2 * MOST_KNOWN });
  let byToken: ReturnType<FastifyInstance["createRateLimit"]>;
  let byAddress: typeof byToken;
  app.after(() => {
    byToken = app.createRateLimit({
      max: most,
      timeWindow: WINDOW_MS,
      keyGenerator: (request) => `token ${tokenHash(request)}`,
    });
    byAddress = app.createRateLimit({
      max: Math.ceil(most * FAILURES),
      timeWindow: 60_000,
      keyGenerator: (request) => `address ${addressOf(request)}`,
    });
  });
  const known = new Set<string>();
  const note = (token: string) => {
    if (known.size === MOST_KNOWN) known.clear();
    known.add(token);
  };
  const check = async ({ request, reply }: Exchange, limit: typeof byToken, increment = true) => {
    const state = await limit(request, { increment });
    if (state.isAllowed || !state.isExceeded) return;
    reply.header("retry-after", state.ttlInSeconds);
    throw newError("too_many_requests", { seconds: state.ttlInSeconds });
  };
  return async (exchange, access, authorize) => {
    const { request } = exchange;
    const { headers } = request;
    const named = headers.authorization !== undefined || callerToken(headers) !== undefined;
    if (!named || access === "public" || access === "signed" || access === "lease") return authorize();
    const token = tokenHash(request);
    if (known.has(token)) await check(exchange, byToken);
    else await check(exchange, byAddress, false);
    try {
      const result = await authorize();
      note(token);
      return result;
    } catch (error) {
      if (!(error instanceof QuillonError)) throw error;
      if (error.status === 401) await check(exchange, byAddress);
      // A valid token, which may not do this or asks for what is not there.
      else note(token);
      throw error;
    }
  };
}

/** Of what decides who calls, so that no other writing of the same header makes another caller. */
function tokenHash({ headers }: FastifyRequest): string {
  return createHash("sha256")
    .update(callerToken(headers) ?? "")
    .digest("base64url");
}
