import type { ErrorBody, ErrorDetail } from "./errors/index.ts";
import { JsonText } from "./json-text.ts";
import type { BodyOf, ParamsOf, QueryOf, ReplyOf } from "./route.ts";
import type { Api } from "./routes/index.ts";

export { JsonText };

type Input<R> = (ParamsOf<R> extends undefined ? object : { params: ParamsOf<R> }) &
  (QueryOf<R> extends undefined ? object : { query?: QueryOf<R> }) &
  (BodyOf<R> extends undefined ? object : { body: BodyOf<R> }) & {
    /** Such as If-Match. */
    headers?: Readonly<Record<string, string>>;
    /** Ends the request. */
    signal?: AbortSignal;
  };

/** The id of an error when something else has answered, such as a proxy. */
export const UNKNOWN = "unknown";

/** The server's error: its message, its `id` in the registry of errors, and what is wrong with which field, where it says so. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly id: string;
  readonly details: readonly ErrorDetail[];

  constructor(status: number, id: string, message: string, details: readonly ErrorDetail[] = []) {
    super(message);
    this.status = status;
    this.id = id;
    this.details = details;
  }
}

export interface Client {
  /**
   * Calls the route named `METHOD /path`, with the types of the contract. Where the reply has a number that JavaScript can't
   * hold, as a pack's configuration may, it is a `JsonText`.
   *
   * @throws ApiError when the server refuses, or something else answers; TypeError (from fetch) when it can't be reached.
   */
  call<K extends keyof Api>(route: K, input: Input<Api[K]>): Promise<ReplyOf<Api[K]>>;
  /** Like `call`, with the reply's ETag: sent as If-Match, it has a change refused when somebody else made one in between. */
  tagged<K extends keyof Api>(route: K, input: Input<Api[K]>): Promise<{ reply: ReplyOf<Api[K]>; etag: string }>;
  /** Like `call`, with the bytes of an archive as the body. */
  upload<K extends keyof Api>(
    route: K,
    input: Input<Api[K]> & { bytes: Uint8Array<ArrayBuffer> },
  ): Promise<ReplyOf<Api[K]>>;
  /** Like `call`, for a reply that is no JSON and may be larger than memory: its bytes, as they arrive. */
  stream<K extends keyof Api>(route: K, input: Input<Api[K]>): Promise<ReadableStream<Uint8Array>>;
}

/** The part of `fetch` that a client needs. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchAnswer>;

export interface FetchRequest {
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
  signal?: AbortSignal;
}

export interface FetchAnswer {
  ok: boolean;
  status: number;
  headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array> | null;
  text(): Promise<string>;
}

/**
 * A client of a Quillon server at `baseUrl`. It contains no schemas: it needs only the route's method and path, and the rest is types.
 *
 * @param warn is given what the server warns of, a text for people, when it did what was asked for, and the route.
 * @param sendWith sends a request, by default the `fetch` that browsers and Node.js have.
 * @example const { token } = await connect(url, accessToken).call("POST /api/orgs/{orgName}/users", { params, body });
 */
export function connect(
  baseUrl: string,
  accessToken?: string,
  warn: (warning: string, route: string) => void = () => {},
  sendWith: Fetch = (url, request) => fetch(url, request),
): Client {
  const send = async (route: string, input: object): Promise<FetchAnswer> => {
    const { params, query, body, bytes, headers, signal } = input as Sent;
    const [method = "GET", template = "/"] = route.split(" ");
    const response = await sendWith(withoutEndSlashes(baseUrl) + fill(template, params) + search(query), {
      method,
      headers: {
        ...(accessToken && { authorization: `token ${accessToken}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JsonText.stringify(body) }),
      ...(bytes && { body: bytes }),
      ...(signal && { signal }),
    });
    if (!response.ok) throw await refusal(response);
    const warning = response.headers.get("x-pulumi-warning");
    if (warning) warn(warning, route);
    return response;
  };
  return {
    async call(route, input) {
      return (await read(await send(route, input))) as never;
    },
    async tagged(route, input) {
      const response = await send(route, input);
      return { reply: (await read(response)) as never, etag: response.headers.get("etag") ?? "" };
    },
    async upload(route, input) {
      return (await read(await send(route, input))) as never;
    },
    async stream(route, input) {
      return (await send(route, input)).body ?? new ReadableStream();
    },
  };
}

/** The path of a route, for what opens it by itself: a browser's EventSource. */
export function pathOf<K extends keyof Api>(route: K, params: ParamsOf<Api[K]>): string {
  const [, template = "/"] = route.split(" ");
  return fill(template, params as object);
}

interface Sent {
  params?: object;
  query?: object;
  body?: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

async function read(response: FetchAnswer): Promise<unknown> {
  if (response.status === 204) return {};
  const text = await response.text();
  try {
    return JsonText.parse(text);
  } catch {
    throw new ApiError(response.status, UNKNOWN, notOurs(response, text));
  }
}

function fill(template: string, params: object = {}): string {
  const values = new Map<string, unknown>(Object.entries(params));
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
}

function search(query: object = {}): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    for (const one of [value].flat()) if (one !== undefined) given.append(key, String(one));
  return given.size > 0 ? `?${given}` : "";
}

async function refusal(response: FetchAnswer): Promise<ApiError> {
  const text = await response.text();
  try {
    const { message, id, errors } = JSON.parse(text) as Partial<ErrorBody>;
    if (typeof message === "string" && typeof id === "string")
      return new ApiError(response.status, id, message, errors);
  } catch {
    // Then it is not ours.
  }
  return new ApiError(response.status, UNKNOWN, notOurs(response, text));
}

function notOurs({ status }: FetchAnswer, text: string): string {
  const what = `What answered ${status} is not Quillon`;
  if (!/^\s*<(!doctype html|html)\b/i.test(text))
    return `${what}. Is there a proxy, or another server at its address? It said: ${text.slice(0, 200)}`;
  const [, title] = /<title>([^<]{1,100})/i.exec(text) ?? [];
  return `${what}, but a web page${title ? `, "${title}"` : ""}. An address of Quillon is such as https://quillon.example.com, without the path of a page. Or is there a proxy, or another server at its address?`;
}

/** The address of a server, however many slashes it ends in. */
export function withoutEndSlashes(url: string): string {
  return url.endsWith("/") ? withoutEndSlashes(url.slice(0, -1)) : url;
}
