import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type BodyLimit, newError, type QuillonError, type Route } from "@quillon/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type SettingName, settingLabel } from "../settings.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The bytes of the body after decompression, for routes that store exactly what was sent. */
    rawBody: Buffer;
  }
  interface FastifyContextConfig {
    route: Route;
  }
}

const limitSettings: Record<BodyLimit, SettingName> = {
  json: "bodyLimit",
  pack: "packLimit",
  state: "stateLimit",
  archive: "archiveLimit",
};

/** The error of a body that is larger than its route accepts, with the setting that an operator changes. */
export function tooLarge({ routeOptions }: FastifyRequest): QuillonError {
  const setting = settingLabel(limitSettings[routeOptions.config.route?.limit ?? "json"]);
  return newError("body_too_large", { limit: routeOptions.bodyLimit ?? 0, setting });
}

/** Adds the reading of bodies: JSON, gzip (from the header), and streams for uploads. */
export function readBodies(app: FastifyInstance): void {
  app.decorateRequest("rawBody");
  app.addHook("preParsing", async (request, _reply, payload) => decompress(request, payload));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    parseJson(request, body as Buffer).then((value) => done(null, value), done);
  });
  app.addContentTypeParser("*", (request, payload, done) => {
    if (request.routeOptions.config.route?.raw === "stream") done(null, payload);
    else done(newError("unsupported_media_type", { mediaType: request.headers["content-type"] ?? "of no kind" }));
  });
}

/**
 * Fastify compares the size of this stream with the route's limit, so a gzip bomb is stopped while it is decompressed.
 *
 * @throws unsupported_encoding, body_too_large
 */
async function decompress(request: FastifyRequest, payload: Readable): Promise<Readable> {
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity" || request.routeOptions.config.route?.raw === "stream") return payload;
  if (encoding !== "gzip" && encoding !== "x-gzip") throw newError("unsupported_encoding", { encoding });
  const packed = Number(request.headers["content-length"] ?? 0);
  if (packed > (request.routeOptions.bodyLimit ?? Number.POSITIVE_INFINITY)) throw tooLarge(request);
  // Fastify compares this with Content-Length, which counts what was sent.
  const plain = Object.assign(new PassThrough(), { receivedEncodedLength: 0 });
  payload.on("data", (chunk: Buffer) => {
    plain.receivedEncodedLength += chunk.length;
  });
  const gunzip = createGunzip();
  gunzip.once("error", () => plain.destroy(newError("invalid_gzip", {})));
  payload.once("error", (error) => plain.destroy(error));
  plain.once("close", () => {
    (payload as IncomingMessage).unpipe(gunzip);
    gunzip.destroy();
  });
  payload.pipe(gunzip).pipe(plain);
  return plain;
}

async function parseJson(request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  if (request.routeOptions.config.route?.raw === "json") request.rawBody = bytes;
  // The CLI sends this content type with every request, also without a body:
  // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L287
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw newError("invalid_json", { problem: (error as Error).message });
  }
}
