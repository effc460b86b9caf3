import { newError, QuillonError, routes } from "@quillon/contract";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isConflict } from "../db/conflicts.ts";
import { hasSqlState, isUnstorableText, SQLSTATE } from "../db/sqlstate.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { limitSetting } from "./body.ts";
import { noteDenial } from "./refusals.ts";

const RETRY_AFTER_SECONDS = 2;

/** Codes of a file system that takes nothing more: its disk or a quota is full, or it is read-only, as after a failure of the disk. */
const FULL = /^(ENOSPC|EDQUOT|EROFS)$/;

/**
 * Gives every error reply the form that the Pulumi CLI reads:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L381
 */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const translated = translate(error, request);
    if (translated.status === 403) await noteDenial(request);
    return send(reply, translated);
  });
  // Not a notFoundHandler, because that comes after the body is read: what is wrong with the body would be told instead.
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) throw refuseUnknown(request, reply);
  });
}

/** The error of a request that no route of the API is for. */
export function refuseUnknown(request: FastifyRequest, reply: FastifyReply): QuillonError {
  const allowed = methodsAt(request);
  if (allowed) reply.header("allow", allowed);
  return notFound(request, allowed);
}

/** The framework asks here, and not the error handler, when it can't decode a path: no route has been found then. */
export function refuseUrl(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header("x-pulumi-request-id", request.id);
  return send(reply, newError("bad_url", {}));
}

function send(reply: FastifyReply, error: QuillonError): FastifyReply {
  if (error.status === 503) reply.header("retry-after", RETRY_AFTER_SECONDS);
  return reply.status(error.status).send(error.body());
}

function translate(error: FastifyError | QuillonError, request: FastifyRequest): QuillonError {
  if (error instanceof QuillonError) return error;
  // The code of such an error is that of a connection which breaks, so it would be taken for the database's. A body that has come whole
  // may be lost, too: Node.js ends what has not been read of it when its client leaves.
  const { errored, complete } = request.raw;
  if (errored && (error === errored || !complete)) return newError("body_incomplete", {});
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return newError("body_too_large", { limit: request.routeOptions.bodyLimit ?? 0, setting: limitSetting(request) });
  }
  if (isUnstorableText(error)) return newError("invalid_input", { problem: "unstorable_text" });
  if (hasSqlState(error, SQLSTATE.numberOutOfRange)) return newError("invalid_input", { problem: "number_too_large" });
  if (hasSqlState(error, SQLSTATE.foreignKeyViolation)) return newError("removed_meanwhile", {});
  if (isConflict(error)) {
    request.log.warn({ err: error }, "the database undid a request because of others, each time that it was tried");
    return newError("database_contended", {});
  }
  if (isUnavailable(error)) {
    request.log.error({ err: error }, "the database can't be used");
    return newError(hasSqlState(error, SQLSTATE.diskFull) ? "database_full" : "database_unavailable", {});
  }
  if (FULL.test(error.code)) {
    request.log.error({ err: error }, "the server's folder can't be written to");
    return newError("storage_unavailable", {});
  }
  if (error.code === "BLOBS_UNAVAILABLE") {
    request.log.error({ err: error }, "the blob store can't be used");
    return newError("blobs_unavailable", {});
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
