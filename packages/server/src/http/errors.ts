import { fail, QuillonError, routes } from "@quillon/contract";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** SQLSTATEs of text that PostgreSQL can't hold: a NUL character, or half of a surrogate pair. */
const UNSTORABLE_TEXT = new Set(["22021", "22P05", "22P02"]);

/** Gives every error the one shape that all routes answer and that the Pulumi CLI needs. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => send(reply, translate(error, request)));
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(request);
    if (allowed) reply.header("allow", allowed);
    return send(reply, notFound(request, allowed));
  });
}

function send(reply: FastifyReply, error: QuillonError): FastifyReply {
  return reply.status(error.status).send(error.body());
}

function translate(error: FastifyError | QuillonError, request: FastifyRequest): QuillonError {
  if (error instanceof QuillonError) return error;
  const limit = request.routeOptions.bodyLimit ?? 0;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return fail("body_too_large", { limit });
  if (UNSTORABLE_TEXT.has(error.code)) {
    return fail("invalid_input", { where: "text", problem: "it holds a character that can't be stored, such as NUL" });
  }
  if (error.statusCode !== undefined && error.statusCode < 500) return fail("bad_request", { problem: error.message });
  request.log.error({ err: error }, "request failed");
  return fail("internal", { requestId: request.id });
}

const patterns = Object.keys(routes).map((key) => {
  const [method = "", path = ""] = key.split(" ");
  return { method, pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`) };
});

/** The methods that the path takes, empty when there is no such path. */
function methodsAt({ url }: FastifyRequest): string {
  const [path = ""] = url.split("?");
  return patterns
    .filter(({ pattern }) => pattern.test(path))
    .map(({ method }) => method)
    .join(", ");
}

function notFound({ url, method }: FastifyRequest, allowed: string): QuillonError {
  const [path = ""] = url.split("?");
  return allowed ? fail("method_not_allowed", { method, path, allowed }) : fail("route_not_found", { method, path });
}
