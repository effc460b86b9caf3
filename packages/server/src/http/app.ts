import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { type Access, bodySchema, newError, type Route, type RouteKey, routes } from "@quillon/contract";
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HTTPMethods,
  LogController,
  type RouteOptions,
} from "fastify";
import { Readiness } from "../actions/readiness.ts";
import type { Ctx, Limits } from "../context.ts";
import { newSecretTexts } from "../masking/texts.ts";
import { onBehalfOf } from "../seats.ts";
import { logRequest } from "./access-log.ts";
import { authorize } from "./auth.ts";
import { boundUploads, callerOf, mayBeLarge, readBodies } from "./body.ts";
import { CHANGE_BOUNDS, type ChangeBounds, Changes } from "./changes.ts";
import { addressOf } from "./client-address.ts";
import { release } from "./collect.ts";
import { compressReplies } from "./compress.ts";
import { serveConsole } from "./console.ts";
import { handleErrors, refuseUrl } from "./errors.ts";
import { handlers } from "./handlers.ts";
import { checkHost, urlOf } from "./host.ts";
import { measureRequest, serveMetrics } from "./metrics.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { readProxyLogin } from "./proxy-login.ts";
import { limitRates } from "./rate-limit.ts";
import { requireReady } from "./ready.ts";
import { ChangesReply, type Input, RawReply } from "./route.ts";
import { type BodyTimes, boundBodyTime } from "./slow-body.ts";
import { boundStreams, boundWhole, freeSeats, REPLY_TIMES, type ReplyTimes } from "./slow-reply.ts";
import { refuseUnreadable } from "./unreadable-request.ts";
import { lazyValidators } from "./validate.ts";

declare module "fastify" {
  interface FastifyRequest {
    ctx: Ctx;
  }
}

/** The parts of a context that are the same for every request. */
export type Base = Omit<Ctx, "secretTexts" | "log" | "url" | "ip" | "proxyLogin">;

export interface AppOptions {
  publicUrl?: string;
  logLevel: string;
  /** Addresses and networks of the reverse proxies whose X-Forwarded-For is believed. */
  trustProxy?: string[];
  /** In small letters: where those proxies name the person whom they have signed in. */
  proxyUserHeader?: string;
  /** Without it there is no /metrics. */
  metricsToken?: string;
  /** The folder with the console's files. */
  console?: string;
  /** Where log lines go; default stderr. */
  logTo?: { write(line: string): void };
  /** Not a setting: a test can't wait for the real times. */
  bodyTimes?: BodyTimes;
  /** The same. */
  replyTimes?: ReplyTimes;
  /** The same. */
  changeBounds?: Partial<ChangeBounds>;
  /** Until it returns true, every route but /healthz and /metrics is answered `starting`. */
  isStarted?: () => boolean;
  /** While it has a refusal, that is the answer of every route but /healthz and /metrics. By default only /readyz checks it. */
  readiness?: Readiness;
}

/** The HTTP app, which does not listen yet. Without `publicUrl`, URLs in replies have the host of the request. */
export function buildApp(base: Base, options: AppOptions): FastifyInstance {
  const noteRequest = (request: FastifyRequest, reply: FastifyReply) => {
    logRequest(request, reply);
    measureRequest(request, reply, base.metrics);
  };
  const replyTimes = options.replyTimes ?? REPLY_TIMES;
  const app = fastify({
    serverFactory: oneAtATime,
    connectionTimeout: replyTimes.stalledMs,
    logger: { level: options.logLevel, stream: options.logTo ?? process.stderr },
    // `logRequest` writes one line in place of Fastify's two.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy ?? false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // Node.js refuses longer URLs. A name that is too long is refused by its schema, as any other wrong name is.
    routerOptions: { maxParamLength: 16 * 1024 },
    // The hooks do not run for such a request.
    frameworkErrors: (_, request, reply) => {
      noteRequest(request, reply);
      return refuseUrl(request, reply);
    },
    clientErrorHandler: refuseUnreadable,
    forceCloseConnections: "idle",
    // Requests on connections that are still open are answered as always. Fastify would answer them in another form, without an id.
    return503OnClosing: false,
  });
  app.decorateRequest("ctx");
  app.setValidatorCompiler(lazyValidators());
  app.addHook("onRequest", async (request, reply) => noteRequest(request, reply));
  boundBodyTime(app, options.bodyTimes);
  readBodies(app, base.workers);
  boundWhole(app);
  freeSeats(app, replyTimes);
  handleErrors(app);
  app.addHook("onRequest", async (request) => checkHost(request));
  requireReady(app, options.readiness ?? new Readiness(base), options.isStarted);
  // The CLI adds this id to an error message: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L367
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-pulumi-request-id", request.id);
  });
  compressReplies(app);
  const secretTexts = newSecretTexts();
  const proxyLogin = readProxyLogin(options.proxyUserHeader, options.trustProxy);
  const contextOf = (request: FastifyRequest): Ctx => ({
    ...base,
    secretTexts,
    log: request.log,
    ip: addressOf(request),
    url: options.publicUrl ?? urlOf(request),
    proxyLogin: proxyLogin(request),
  });
  const limited = limitRates(app, base.limits.requests);
  const check = (request: FastifyRequest, access: Access) => authorize(contextOf(request), access, request);
  const signIn: SignIn = (exchange, access) => limited(exchange, access, () => check(exchange.request, access));
  const changes = new Changes(base.db, app.log, { ...CHANGE_BOUNDS, ...options.changeBounds });
  app.addHook("preClose", () => changes.close());
  const shared = {
    ...{ limits: base.limits, signIn, check, changes },
    mayUpload: boundUploads(),
    mayStream: boundStreams(replyTimes),
  };
  for (const key of Object.keys(routes) as RouteKey[]) app.route(toFastify(key, shared));
  if (options.console) serveConsole(app, options.console, options.proxyUserHeader ? "proxy" : "token");
  if (options.metricsToken) serveMetrics(app, base.metrics, options.metricsToken);
  return app;
}

type SignIn = (exchange: { request: FastifyRequest; reply: FastifyReply }, access: Access) => Promise<Ctx>;

interface Shared {
  limits: Limits;
  signIn: SignIn;
  /** Who calls, and whether they may. */
  check(request: FastifyRequest, access: Access): Promise<Ctx>;
  changes: Changes;
  mayUpload: ReturnType<typeof boundUploads>;
  mayStream: ReturnType<typeof boundStreams>;
}

function toFastify(key: RouteKey, { limits, signIn, check, changes, mayUpload, mayStream }: Shared): RouteOptions {
  const route: Route = routes[key];
  const [method, path] = key.split(" ") as [HTTPMethods, string];
  const handle = handlers[key] as unknown as (ctx: Ctx, input: Input<Route>) => Promise<unknown>;
  return {
    method,
    url: path.replace(/\{(\w+)\}/g, ":$1"),
    bodyLimit: limits[route.limit ?? "json"],
    config: { route, key },
    schema: {
      ...(route.params && { params: route.params }),
      ...(route.query && { querystring: route.query }),
      // Large bodies are validated where they are read.
      ...(route.body && !mayBeLarge(route) && { body: bodySchema(route) }),
    },
    onRequest: async (request, reply) => {
      request.ctx = await signIn({ request, reply }, route.access);
    },
    handler: async (request, reply) => {
      if (mayBeLarge(route) && !request.span)
        throw newError("invalid_input", { problem: "schema", where: "body", found: "must be object" });
      await mayUpload(request);
      const result = await onBehalfOf(callerOf(request), () => handle(request.ctx, inputOf(request)));
      if (request.rawBody) void release(request.rawBody);
      if (result instanceof ChangesReply) {
        const { headers, body } = await changes.open(request, result, () => check(request, route.access));
        return reply.headers(headers).send(body);
      }
      if (!(result instanceof RawReply))
        return reply.status(route.status ?? 200).send(route.status === 204 ? undefined : result);
      const body = await onBehalfOf(callerOf(request), () => mayStream(request, result));
      return reply.status(result.status).headers(result.headers).send(body);
    },
  };
}

function inputOf(request: FastifyRequest): Input<Route> {
  return {
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    raw: request.rawBody,
    span: request.span,
    // Fastify reads no body when there is none.
    stream: (request.body as Readable | undefined) ?? Readable.from([]),
    headers: request.headers,
  };
}
