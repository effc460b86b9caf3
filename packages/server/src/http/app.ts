import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { type Route, type RouteKey, routes } from "@quillon/contract";
import fastify, { type FastifyInstance, type FastifyRequest, type HTTPMethods, type RouteOptions } from "fastify";
import type { Ctx, Limits } from "../context.ts";
import { organizationHandlers } from "./api/organizations.ts";
import { groupExtraHandlers } from "./api/policy-groups.ts";
import { userHandlers as apiUserHandlers } from "./api/users.ts";
import { admit } from "./auth.ts";
import { readBodies } from "./body.ts";
import { answerErrors } from "./errors.ts";
import { operationsHandlers } from "./operations.ts";
import { auditLogHandlers } from "./pulumi/audit-logs.ts";
import { memberHandlers } from "./pulumi/members.ts";
import { policyGroupHandlers } from "./pulumi/policy-groups.ts";
import { policyPackHandlers } from "./pulumi/policy-packs.ts";
import { secretHandlers } from "./pulumi/secrets.ts";
import { stackHandlers } from "./pulumi/stacks.ts";
import { teamHandlers } from "./pulumi/teams.ts";
import { tokenHandlers } from "./pulumi/tokens.ts";
import { updateHandlers } from "./pulumi/updates.ts";
import { userHandlers } from "./pulumi/user.ts";
import { type Handlers, type Input, Raw } from "./route.ts";
import { lazyValidators } from "./validate.ts";

const handlers: Handlers = {
  ...operationsHandlers,
  ...userHandlers,
  ...apiUserHandlers,
  ...organizationHandlers,
  ...memberHandlers,
  ...teamHandlers,
  ...tokenHandlers,
  ...stackHandlers,
  ...secretHandlers,
  ...updateHandlers,
  ...policyPackHandlers,
  ...policyGroupHandlers,
  ...groupExtraHandlers,
  ...auditLogHandlers,
};

declare module "fastify" {
  interface FastifyRequest {
    ctx: Ctx;
  }
}

/** What is opened once, at the start. */
export type Base = Omit<Ctx, "log" | "url" | "ip">;

/** The HTTP app over opened stores; it listens nowhere yet. `publicUrl` overrides what the client's Host header says. */
export function buildApp(base: Base, options: { publicUrl?: string; logLevel: string }): FastifyInstance {
  const app = fastify({
    logger: { level: options.logLevel, stream: process.stderr, serializers: { req: describeRequest } },
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: "idle",
  });
  app.decorateRequest("ctx");
  app.setValidatorCompiler(lazyValidators());
  readBodies(app);
  answerErrors(app);
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-pulumi-request-id", request.id);
  });
  const contextOf = (request: FastifyRequest): Ctx => ({
    ...base,
    log: request.log,
    ip: request.ip,
    url: options.publicUrl ?? `http://${request.headers.host}`,
  });
  for (const key of Object.keys(routes) as RouteKey[]) app.route(toFastify(key, base.limits, contextOf));
  return app;
}

function toFastify(key: RouteKey, limits: Limits, contextOf: (request: FastifyRequest) => Ctx): RouteOptions {
  const route: Route = routes[key];
  const [method, path] = key.split(" ") as [HTTPMethods, string];
  const handle = handlers[key] as unknown as (ctx: Ctx, input: Input<Route>) => Promise<unknown>;
  return {
    method,
    url: path.replace(/\{(\w+)\}/g, ":$1"),
    bodyLimit: limits[route.limit ?? "json"],
    config: { route },
    schema: {
      ...(route.params && { params: route.params }),
      ...(route.query && { querystring: route.query }),
      ...(route.body && { body: route.body }),
    },
    onRequest: async (request) => {
      request.ctx = await admit(contextOf(request), route.access, request);
    },
    handler: async (request, reply) => {
      const answer = await handle(request.ctx, inputOf(request));
      if (!(answer instanceof Raw))
        return reply.status(route.status ?? 200).send(route.status === 204 ? undefined : answer);
      return reply.status(answer.status).headers(answer.headers).send(answer.body);
    },
  };
}

function inputOf(request: FastifyRequest): Input<Route> {
  return {
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    raw: request.rawBody,
    stream: request.body as Readable,
    headers: request.headers,
  };
}

/** For the log: without the query, which may carry a signature. */
function describeRequest(request: { method: string; url: string }) {
  return { method: request.method, path: request.url.split("?")[0] };
}
