import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { newError, type Route } from "@quillon/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The body's bytes after decompression, kept for routes that store what was sent, to the byte. */
    rawBody: Buffer;
  }
  interface FastifyContextConfig {
    route: Route;
  }
}

/** Teaches the app to read bodies: JSON whatever the content type says, gzip by header, streams for uploads. */
export function readBodies(app: FastifyInstance): void {
  app.decorateRequest("rawBody");
  app.addHook("preParsing", async (request, reply, payload) =>
    decompress(request, reply.routeOptions.bodyLimit, payload),
  );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    parseJson(request, body as Buffer).then((value) => done(null, value), done);
  });
  app.addContentTypeParser("*", (request, payload, done) => {
    if (request.routeOptions.config.route?.raw === "stream") done(null, payload);
    else done(newError("unsupported_media_type", { mediaType: request.headers["content-type"] ?? "of no kind" }));
  });
}

/** Fastify counts what this stream yields against the route's limit, so a bomb is cut off while it unfolds. */
async function decompress(request: FastifyRequest, limit: number | undefined, payload: Readable): Promise<Readable> {
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity" || request.routeOptions.config.route?.raw === "stream") return payload;
  if (encoding !== "gzip" && encoding !== "x-gzip") throw newError("unsupported_encoding", { encoding });
  const packed = Number(request.headers["content-length"] ?? 0);
  if (limit !== undefined && packed > limit) throw newError("body_too_large", { limit });
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
  // The CLI names this content type on every request, those without a body included.
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw newError("invalid_json", { problem: (error as Error).message });
  }
}
