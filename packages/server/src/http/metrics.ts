import { createHash, timingSafeEqual } from "node:crypto";
import { newError } from "@quillon/contract";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from "fastify";
import type { Metrics } from "../metrics.ts";
import { credential } from "./credential.ts";

const PATH = "/metrics";

/** Measures a request, by its route. */
export function measureRequest(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
  const began = performance.now();
  metrics.requestBegan();
  reply.raw.once("close", () => {
    const { method } = request;
    const status = reply.raw.headersSent ? reply.statusCode : undefined;
    metrics.requestEnded({ method, route: routeOf(request), status, ms: performance.now() - began });
  });
}

/** The path of the request's route, with the names of its parameters in place of what was sent. */
export function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions?.config?.key?.split(" ")[1] ?? routeOptions?.url ?? "none";
}

/** Adds the route of the metrics, for those who have the token. */
export function serveMetrics(app: FastifyInstance, metrics: Metrics, token: string): void {
  const wanted = digest(token);
  app.get(PATH, async (request, reply) => {
    const given = credential(request.headers, "bearer");
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return send(metrics, reply);
    reply.header("www-authenticate", "Bearer");
    throw newError("unauthorized", {});
  });
}

/** A server with nothing but the metrics, for everybody who reaches it. It does not listen yet. */
export function buildMetricsApp(metrics: Metrics): FastifyInstance {
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  app.get(PATH, async (_, reply) => send(metrics, reply));
  return app;
}

async function send(metrics: Metrics, reply: FastifyReply): Promise<FastifyReply> {
  return reply.type(metrics.contentType).send(await metrics.text());
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
