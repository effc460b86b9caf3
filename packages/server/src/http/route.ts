import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Access, Api, BodyOf, ParamsOf, QueryOf, ReplyOf, RouteKey } from "@quillon/contract";
import type { Ctx, LeaseCtx, OrgCtx, StackCtx, TeamCtx, UserCtx } from "../context.ts";
import { writeJson } from "../json/write.ts";

/** What the front door has established before a handler runs, by the route's access. */
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
  /** The body's bytes as they are after decompression; empty unless the route asks for them. */
  readonly raw: Buffer;
  /** The body of a route that takes a stream. */
  readonly stream: Readable;
  readonly headers: IncomingHttpHeaders;
}

/** An answer that is not JSON made from an object. */
export class Raw {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  readonly body: Readable | Buffer | string;

  constructor(body: Readable | Buffer | string, headers: Record<string, string | number>, status = 200) {
    this.body = body;
    this.headers = headers;
    this.status = status;
  }
}

/** JSON of an answer with parts that go out to the byte, or with headers of its own. */
export function json(value: unknown, headers: Record<string, string> = {}): Raw {
  return new Raw(writeJson(value), { "content-type": "application/json; charset=utf-8", ...headers });
}

/** Each line is printed by the Pulumi CLI as a warning. */
export function warning(text: string | undefined): Record<string, string> {
  return text ? { "x-pulumi-warning": text.replace(/[^\x20-\x7e]/g, "?") } : {};
}

export type Handler<K extends RouteKey> = (
  ctx: CtxOf<Api[K]["access"]>,
  input: Input<Api[K]>,
) => Promise<ReplyOf<Api[K]> | Raw>;

/** A handler for every route of the contract. Each file of handlers satisfies a part; app.ts must have them all to compile. */
export type Handlers = { readonly [K in RouteKey]: Handler<K> };
