import { newError, QuillonError, routes } from "@quillon/contract";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isUnstorableText } from "../db/sqlstate.ts";

/**
 * Gives every error reply the form that the Pulumi CLI reads:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L381
 */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => send(reply, translate(error, request)));
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(request);
    if (allowed) reply.header("allow", allowed);
    return send(reply, notFound(request, allowed));
  });
}

function send(reply: FastifyReply, error: QuillonError): FastifyReply {
  if (error.id === "starting") reply.header("retry-after", "1");
  return reply.status(error.status).send(error.body());
}

function translate(error: FastifyError | QuillonError, request: FastifyRequest): QuillonError {
  if (error instanceof QuillonError) return error;
  const limit = request.routeOptions.bodyLimit ?? 0;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return newError("body_too_large", { limit });
  if (isUnstorableText(error)) {
    return newError("invalid_input", { problem: "unstorable_text" });
  }
  if (error.statusCode !== undefined && error.statusCode < 500)
    return newError("bad_request", { problem: error.message });
  request.log.error({ err: error }, "request failed");
  return newError("internal", { requestId: request.id });
}

const patterns = Object.keys(routes).map((key) => {
  const [method = "", path = ""] = key.split(" ");
  return { method, pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`) };
});

/** The methods that the path accepts; empty when there is no such path. */
function methodsAt({ url }: FastifyRequest): string {
  const [path = ""] = url.split("?");
  return patterns
    .filter(({ pattern }) => pattern.test(path))
    .map(({ method }) => method)
    .join(", ");
}

function notFound({ url, method }: FastifyRequest, allowed: string): QuillonError {
  const [path = ""] = url.split("?");
  return allowed
    ? newError("method_not_allowed", { method, path, allowed })
    : newError("route_not_found", { method, path });
}
