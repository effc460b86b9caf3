import { newError } from "@quillon/contract";
import type { FastifyInstance } from "fastify";
import type { Readiness } from "../actions/readiness.ts";

/** Proxies and monitors wait for about as long. A bucket that hangs answers after a minute and a half. */
const PATIENCE_MS = 5_000;

/**
 * Refuses every request but for the health and the metrics of the process while the server is not ready, because what it stores could be
 * where no other server finds it. /readyz looks at it again.
 */
export function requireReady(app: FastifyInstance, readiness: Readiness, isStarted?: () => boolean): void {
  app.addHook("onRequest", async ({ routeOptions: { url }, log }) => {
    if (url === "/healthz" || url === "/metrics") return;
    if (isStarted?.() === false) throw newError("starting", {});
    const refusal = url === "/readyz" ? await readiness.checkWithin(log, PATIENCE_MS) : readiness.refusal;
    if (refusal) throw refusal;
  });
}
