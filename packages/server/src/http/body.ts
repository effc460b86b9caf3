import type { IncomingMessage } from "node:http";
import { finished, PassThrough, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type BodyLimit, newError, type Route, type RouteKey } from "@quillon/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { LeaseCtx, UserCtx } from "../context.ts";
import type { Projection } from "../json/project.ts";
import { Seats } from "../seats.ts";
import { type SettingName, settingLabel } from "../settings.ts";
import { bufferOf } from "../workers/buffers.ts";
import type { Workers } from "../workers/pool.ts";
import { addressOf } from "./client-address.ts";
import { type BodySize, collect, sizeOf } from "./collect.ts";
import { boundsTask, readBodyTask } from "./read-body.ts";
import { gunzipSmall, SMALL } from "./small-gzip.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The bytes of the body after decompression, for routes that store exactly what was sent. */
    rawBody: Buffer<ArrayBuffer>;
    /** Where in `rawBody` things are, for routes whose bodies may be large. */
    span: Projection["span"];
    /** Is aborted when the request is over: answered, or left by its client. */
    over: AbortController;
    /** Those that its body has taken. It has them until it is over. */
    seats: Set<Seats>;
  }
  interface FastifyContextConfig {
    route: Route;
    key: RouteKey;
  }
}

/**
 * Of a body that is decoded whole. JSON.stringify and the database can write some thousands of levels, and nothing that is sent
 * needs them. Half a million values take some 100 ms on the main thread; 50,000 policies without schemas have 300,000.
 */
const BOUNDS = { depth: 1000, values: 500_000 };

const limitSettings: Record<BodyLimit, SettingName> = {
  json: "bodyLimit",
  pack: "packLimit",
  state: "stateLimit",
  secret: "secretLimit",
  archive: "archiveLimit",
};

/** What an operator changes so that a route accepts a larger body. */
export function limitSetting({ routeOptions }: FastifyRequest): string {
  return settingLabel(limitSettings[routeOptions.config.route?.limit ?? "json"]);
}

/** Without a reason of ours, each request would make an error with a stack. */
const OVER = new Error("The request is over.");

/**
 * How many bodies of a size come at once, which no caller can keep others from, and how many are in memory at once. A large one may be as
 * large as the limit for state. Of those that are decoded whole one caller has one at a time, because others wait while the main thread
 * decodes it.
 */
const newSeats = () => ({
  arriving: { medium: new Seats(Number.POSITIVE_INFINITY, 16), large: new Seats(Number.POSITIVE_INFINITY, 2) },
  inMemory: { medium: new Seats(48, 16), large: new Seats(2, 1) },
  decoded: new Seats(Number.POSITIVE_INFINITY, 1),
});

/** Whether a route's bodies are too large to be decoded whole. */
export function mayBeLarge({ limit, raw }: Route): boolean {
  return raw !== "stream" && (limit === "state" || limit === "secret");
}

/** Adds the reading of bodies: JSON, gzip (from the header), and streams for uploads. */
export function readBodies(app: FastifyInstance, workers: Workers): void {
  app.decorateRequest("rawBody");
  app.decorateRequest("span");
  app.decorateRequest("over");
  app.decorateRequest("seats");
  const seats = newSeats();
  // Not in onResponse, because that hook does not run when the client has left before the reply.
  app.addHook("onRequest", async (request, reply) => {
    request.over = new AbortController();
    request.seats = new Set();
    reply.raw.once("close", () => request.over.abort(OVER));
  });
  app.addHook("preParsing", async (request, reply, payload) =>
    decompress(request, reply.routeOptions.bodyLimit, payload),
  );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (request: FastifyRequest, payload: IncomingMessage) =>
    isStream(request) ? payload : readJson(request, payload, { workers, seats }),
  );
  app.addContentTypeParser("*", (request, payload, done) => {
    if (isStream(request)) done(null, payload);
    else done(newError("unsupported_media_type", { mediaType: request.headers["content-type"] ?? "of no kind" }));
  });
}

/** Whether the route takes the body as it comes, whatever it is said to be. */
function isStream({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.route?.raw === "stream";
}

/** @throws unsupported_encoding, body_too_large */
async function decompress(request: FastifyRequest, limit: number | undefined, payload: Readable): Promise<Readable> {
  if (isStream(request)) return payload;
  if (limit !== undefined && sentBytes(request) > limit) {
    throw newError("body_too_large", { limit, setting: limitSetting(request) });
  }
  const encoding = encodingOf(request);
  if (encoding === "identity") return payload;
  if (encoding !== "gzip" && encoding !== "x-gzip") throw newError("unsupported_encoding", { encoding });
  return isSmallGzip(request) ? payload : gunzipped(payload);
}

function encodingOf({ headers }: FastifyRequest): string {
  return headers["content-encoding"]?.toLowerCase() ?? "identity";
}

/** As the client says; 0 when it does not. */
function sentBytes({ headers }: FastifyRequest): number {
  return Number(headers["content-length"] ?? 0);
}

/** Whether `readJson` decompresses the body at once. */
function isSmallGzip(request: FastifyRequest): boolean {
  const sent = sentBytes(request);
  return encodingOf(request) !== "identity" && sent > 0 && sent <= SMALL;
}

function gunzipped(payload: Readable): Readable {
  // Nobody reads the body of a request that is refused by its content type or takes none. An error that nobody listens to
  // would end the process.
  const plain = new PassThrough().on("error", () => {});
  const gunzip = createGunzip();
  gunzip.once("error", () => plain.destroy(newError("invalid_gzip", {})));
  finished(payload, { writable: false }, (error) => error && plain.destroy(error));
  plain.once("close", () => {
    (payload as IncomingMessage).unpipe(gunzip);
    gunzip.destroy();
  });
  payload.pipe(gunzip).pipe(plain);
  return plain;
}

/** Whose request it is: a person, or what stands for an organization or a team, also when an update of theirs sends it. */
export function callerOf({ ctx }: FastifyRequest): string {
  const { actor, lease } = ctx as Partial<UserCtx & LeaseCtx>;
  return actor?.userId ?? lease?.userId ?? lease?.stackId ?? "";
}

/** Who has a signed URL is not known. Were they all one caller, a few slow ones would keep everybody from the policy packs. */
export function takerOf(request: FastifyRequest): string {
  return callerOf(request) || `address ${addressOf(request)}`;
}

/** Of bodies that are stored as they come, how many one caller may send at once: a bucket keeps parts of each in memory, some 20 MB. */
const UPLOADS = 8;

/** @returns waits until a body may be stored as it comes. It throws server_busy. */
export function boundUploads(patienceMs?: number): (request: FastifyRequest) => Promise<void> {
  const seats = new Seats(Number.POSITIVE_INFINITY, UPLOADS, patienceMs);
  return async (request) => {
    if (isStream(request)) await seats.take(takerOf(request), request.over.signal);
  };
}

/** Takes a seat once for a request. Were one to wait for a second seat with the first, all might do so. */
function takingOnce(request: FastifyRequest): (seats: Seats) => Promise<void> {
  return async (seats) => {
    if (request.seats.has(seats)) return;
    request.seats.add(seats);
    await seats.take(callerOf(request), request.over.signal);
  };
}

/** @throws body_too_large, body_too_slow, server_busy, invalid_json, invalid_input */
async function readJson(
  request: FastifyRequest,
  payload: Readable,
  { workers, seats }: { workers: Workers; seats: ReturnType<typeof newSeats> },
): Promise<unknown> {
  const { route, key } = request.routeOptions.config;
  const { bodyLimit: limit = 0 } = request.routeOptions;
  const take = takingOnce(request);
  const options = {
    limit,
    setting: limitSetting(request),
    signal: request.tooSlow.signal,
    arrive: (size: BodySize) => take(seats.arriving[size]),
    read: (size: BodySize) => take(seats.inMemory[size]),
  };
  let bytes = await collect(payload, options);
  if (isSmallGzip(request))
    bytes = (await gunzipSmall(bytes, options)) ?? (await collect(gunzipped(Readable.from([bytes])), options));
  if (route?.raw === "json") request.rawBody = bytes;
  // The CLI sends this content type with every request, also without a body:
  // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L287
  if (bytes.length === 0) return undefined;
  if (route && key && mayBeLarge(route)) {
    const read = await workers.run(readBodyTask, { route: key, bytes }, bytes.length);
    request.span = read.span;
    request.rawBody = bufferOf(read.bytes);
    return read.value;
  }
  if (sizeOf(bytes.length)) await take(seats.decoded);
  const exceeded = await workers.run(boundsTask, { bytes, bounds: BOUNDS }, bytes.length);
  if (exceeded === "depth") throw newError("invalid_input", { problem: "nested_too_deep", limit: BOUNDS.depth });
  if (exceeded) throw newError("invalid_input", { problem: "too_many_values", limit: BOUNDS.values });
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw newError("invalid_json", { problem: (error as Error).message });
  }
}
