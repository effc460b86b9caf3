import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { Access, Api, BodyOf, ParamsOf, QueryOf, ReplyOf, RouteKey } from "@quillon/contract";
import type { Ctx, LeaseCtx, OrgCtx, StackCtx, StackRef, TeamCtx, UserCtx } from "../context.ts";
import type { Span } from "../json/scan.ts";
import { writeJson } from "../json/write.ts";

/** The context that `auth.ts` has made before a handler runs, by the route's access. */
type CtxOf<A extends Access> = A extends "public" | "signed"
  ? Ctx
  : A extends "user" | "person" | "site:admin"
    ? UserCtx
    : A extends `org:${string}`
      ? OrgCtx
      : A extends `team:${string}`
        ? TeamCtx
        : A extends `stack:${string}`
          ? StackCtx
          : LeaseCtx;

export interface Input<R> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  /** The bytes of the body after decompression; only for a route with `raw: "json"`. */
  readonly raw: Buffer;
  /** Where in `raw` the values that the schema names are; only for a route with `limit` state or secret. */
  readonly span: Span;
  /** The body of a route that takes a stream. */
  readonly stream: Readable;
  readonly headers: IncomingHttpHeaders;
}

/** A function opens what is sent, when its turn has come: what waits open keeps a file or a connection to S3 from others. */
export type RawBody = Readable | Buffer | string | (() => Promise<Readable>);

/** A reply with its own bytes, headers or status, instead of an object that is sent as JSON. */
export class RawReply {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  readonly body: RawBody;

  constructor(body: RawBody, headers: Record<string, string | number>, status = 200) {
    this.body = body;
    this.headers = headers;
    this.status = status;
  }
}

/** A reply that goes on until the client leaves: it tells in which runs of the stack something changes. */
export class ChangesReply {
  readonly stack: StackRef;
  /** The Last-Event-ID of a client that connects again. */
  readonly known: string | undefined;

  constructor(stack: StackRef, known: string | undefined) {
    this.stack = stack;
    this.known = known;
  }
}

/** A JSON reply with stored text that is sent unchanged, or with its own headers. */
export function jsonReply(value: unknown, headers: Record<string, string> = {}, status?: number): RawReply {
  return new RawReply(writeJson(value), { "content-type": "application/json; charset=utf-8", ...headers }, status);
}

/** How the items of a reply are written, and what is around them. */
interface Written<T> {
  contentType: string;
  item(item: T): string;
  start?: string;
  between?: string;
  end?: string;
}

/** In characters. A reply that is streamed is sent in pieces of so much or more, because each piece has its own costs. */
const PIECE = 64 * 1024;

/**
 * A reply of many items that is sent while they are read, because they may be larger than memory. What fails before the first
 * item is an error reply. Other requests have their turn after each piece.
 */
export async function streamReply<T>(
  items: AsyncGenerator<T>,
  { contentType, item: write, start = "", between = "", end = "" }: Written<T>,
): Promise<RawReply> {
  const first = await items.next();
  async function* text() {
    let piece = first.done ? start : start + write(first.value);
    for await (const item of items) {
      if (piece.length >= PIECE) {
        yield piece;
        await setImmediate();
        piece = "";
      }
      piece += between + write(item);
    }
    yield piece + end;
  }
  return new RawReply(Readable.from(text(), { objectMode: false }), { "content-type": contentType });
}

/** A JSON reply with one list and what comes after it, `{name: […], …}`, that is sent as `streamReply` does. */
export function listReply<T>(
  name: string,
  items: AsyncGenerator<T>,
  shape: (item: T) => unknown,
  after: Record<string, number> = {},
): Promise<RawReply> {
  const rest = Object.entries(after).map(([field, value]) => `,${JSON.stringify(field)}:${value}`);
  return streamReply(items, {
    contentType: "application/json; charset=utf-8",
    item: (item) => writeJson(shape(item)),
    start: `{${JSON.stringify(name)}:[`,
    between: ",",
    end: `]${rest.join("")}}`,
  });
}

/**
 * A header whose value the Pulumi CLI prints as a warning:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L342
 */
export function warningHeader(text: string | undefined): Record<string, string> {
  return text ? { "x-pulumi-warning": text.replace(/[^\x20-\x7e]/g, "?") } : {};
}

export type Handler<K extends RouteKey> = (
  ctx: CtxOf<Api[K]["access"]>,
  input: Input<Api[K]>,
) => Promise<ReplyOf<Api[K]> | RawReply | ChangesReply>;

/** A handler for every route of the contract. Each file has some of them; `handlers.ts` compiles only with all of them. */
export type Handlers = { readonly [K in RouteKey]: Handler<K> };
