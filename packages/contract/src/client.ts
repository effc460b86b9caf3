import type { ErrorBody } from "./errors/index.ts";
import { JsonText } from "./json-text.ts";
import type { BodyOf, ParamsOf, QueryOf, ReplyOf } from "./route.ts";
import type { Api } from "./routes/index.ts";

export { JsonText };

type Input<R> = (ParamsOf<R> extends undefined ? object : { params: ParamsOf<R> }) &
  (QueryOf<R> extends undefined ? object : { query?: QueryOf<R> }) &
  (BodyOf<R> extends undefined ? object : { body: BodyOf<R> });

/** The server's error: its message, and its `id` in the registry of errors. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly id: string;

  constructor(status: number, id: string, message: string) {
    super(message);
    this.status = status;
    this.id = id;
  }
}

export interface Client {
  /**
   * Calls the route named `METHOD /path`, with the types of the contract. Where the reply has a number that JavaScript can't
   * hold, as a pack's configuration may, it is a `JsonText`.
   *
   * @throws ApiError when the server refuses; TypeError (from fetch) when it can't be reached.
   */
  call<K extends keyof Api>(route: K, input: Input<Api[K]>): Promise<ReplyOf<Api[K]>>;
  /** Like `call`, for a reply that is no JSON and may be larger than memory: its bytes, as they arrive. */
  stream<K extends keyof Api>(route: K, input: Input<Api[K]>): Promise<ReadableStream<Uint8Array>>;
}

/**
 * A client of a Quillon server at `baseUrl`. It contains no schemas: it needs only the route's method and path, and the rest is types.
 *
 * @param warn is given what the server warns of, a text for people, when it did what was asked for.
 * @example const { token } = await connect(url, accessToken).call("POST /api/orgs/{orgName}/users", { params, body });
 */
export function connect(baseUrl: string, accessToken?: string, warn: (warning: string) => void = () => {}): Client {
  const send = async (route: string, input: object): Promise<Response> => {
    const { params, query, body } = input as { params?: object; query?: object; body?: unknown };
    const [method = "GET", template = "/"] = route.split(" ");
    const response = await fetch(baseUrl.replace(/\/+$/, "") + fill(template, params) + search(query), {
      method,
      headers: {
        ...(accessToken && { authorization: `token ${accessToken}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JsonText.stringify(body) }),
    });
    if (!response.ok) throw await refusal(response);
    const warning = response.headers.get("x-pulumi-warning");
    if (warning) warn(warning);
    return response;
  };
  return {
    async call(route, input) {
      const response = await send(route, input);
      return (response.status === 204 ? {} : JsonText.parse(await response.text())) as never;
    },
    async stream(route, input) {
      return (await send(route, input)).body ?? new ReadableStream();
    },
  };
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

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const { message, id } = JSON.parse(text) as ErrorBody;
    return new ApiError(response.status, id, message);
  } catch {
    return new ApiError(response.status, "unknown", `The server answered ${response.status}: ${text.slice(0, 200)}`);
  }
}
