import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { RouteKey } from "@quillon/contract";
import type { FastifyInstance } from "fastify";

/**
 * The lists that may be large and of which no reply holds a token, a password or a decrypted value. Only those are compressed: where an
 * attacker can have a browser ask for something that they choose, and sees how long the encrypted reply is, its compressed length
 * tells what else is in it (https://www.breachattack.com). States are sent as they are stored, which is compressed, too. Reports
 * and other exports are streamed as they are, because they are as large as somebody made them.
 */
export const COMPRESSED: ReadonlySet<RouteKey> = new Set<RouteKey>([
  "GET /api/orgs/{orgName}/auditlogs/v2",
  "GET /api/orgs/{orgName}/policygroups",
  "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}",
  "GET /api/quillon/orgs/{orgName}/compliance",
  "GET /api/quillon/orgs/{orgName}/compliance/days",
  "GET /api/quillon/orgs/{orgName}/exception-requests",
  "GET /api/quillon/orgs/{orgName}/exceptions",
  "GET /api/quillon/orgs/{orgName}/finding-groups",
  "GET /api/quillon/orgs/{orgName}/overview",
  "GET /api/quillon/orgs/{orgName}/policypacks",
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions",
  "GET /api/quillon/orgs/{orgName}/predictions",
  "GET /api/quillon/orgs/{orgName}/stacks",
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/resources",
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates",
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/counts",
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/list",
  "POST /api/orgs/{orgName}/policy/findings",
  "POST /api/orgs/{orgName}/policy/findings/filters",
  "POST /api/orgs/{orgName}/policy/findings/policies",
  "POST /api/quillon/orgs/{orgName}/selector/matches",
]);

/** In characters. A shorter reply is not sent in fewer packets that a client waits for. */
const LEAST = 8 * 1024;

const gzipped = promisify(gzip);
/** Lists are mostly names that repeat, so more effort makes them hardly any smaller. */
const options = { level: constants.Z_BEST_SPEED };

/** Compresses large lists for every client that accepts it: in a thread of their own, so that others do not wait. */
export function compressReplies(app: FastifyInstance): void {
  app.addHook("onSend", async ({ headers, routeOptions }, reply, payload) => {
    const { key } = routeOptions.config;
    if (!key || !COMPRESSED.has(key) || typeof payload !== "string" || reply.statusCode !== 200) return payload;
    reply.header("vary", "accept-encoding");
    if (payload.length < LEAST || !acceptsGzip(headers["accept-encoding"])) return payload;
    const bytes = await gzipped(payload, options);
    reply.headers({ "content-encoding": "gzip", "content-length": bytes.length });
    return bytes;
  });
}

/** @param header Accept-Encoding, such as `br;q=0.5, gzip`. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  return String(header ?? "")
    .split(",")
    .map((one) =>
      one
        .toLowerCase()
        .split(";")
        .map((part) => part.trim()),
    )
    .some(([coding, ...parameters]) => coding === "gzip" && !parameters.some((one) => /^q=0(\.0*)?$/.test(one)));
}
