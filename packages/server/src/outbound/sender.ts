import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { Dispatcher } from "undici";
import { mayReach, type Network } from "./address.ts";

/** In milliseconds: for all of a request, from the name to the last byte that is read. */
const TIMEOUT_MS = 10_000;
/** Of an answer's body, in bytes. The rest is not read. */
const READ = 64 * 1024;

export interface OutboundRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What came back, or why nothing did. */
export type Outcome = { readonly duration: number } & (
  | { readonly answer: { readonly code: number; readonly headers: string; readonly body: string } }
  | { readonly problem: Problem; readonly code: string }
);

/**
 * - `blocked`: the address is not one that may be reached.
 * - `slow`: there was no whole answer in time.
 * - `failed`: the name, the connection or the protocol failed, with the operating system's or the library's code.
 */
export type Problem = "blocked" | "slow" | "failed";

interface SenderOptions {
  /** Networks that may be reached besides public addresses. */
  allowed: readonly Network[];
  /** Finds the addresses of a name. */
  resolve?: typeof lookup;
  timeoutMs?: number;
}

/**
 * Sends requests to destinations that somebody else has chosen. It reaches public addresses and the allowed networks, follows no
 * redirect, and reads a bounded part of the answer in a bounded time. Where the environment names a proxy (`HTTPS_PROXY`,
 * `HTTP_PROXY`, `NO_PROXY`) it goes through it; which addresses a name has is then known to the proxy only.
 */
export class Sender {
  readonly #allowed: readonly Network[];
  readonly #timeoutMs: number;
  readonly #resolve: typeof lookup;
  #dispatcher: Promise<Dispatcher> | undefined;

  constructor({ allowed, resolve = lookup, timeoutMs = TIMEOUT_MS }: SenderOptions) {
    this.#allowed = allowed;
    this.#resolve = resolve;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether the URL has an address instead of a name, and it is not one that may be reached. */
  isBlocked(url: string): boolean {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
    return isIP(host) !== 0 && !mayReach(host, this.#allowed);
  }

  /** Sends a POST. It never throws. */
  async post({ url, headers, body }: OutboundRequest): Promise<Outcome> {
    const begun = performance.now();
    const duration = () => Math.round(performance.now() - begun);
    if (this.isBlocked(url)) return { duration: 0, problem: "blocked", code: "" };
    try {
      const { request } = await import("undici");
      const signal = AbortSignal.timeout(this.#timeoutMs);
      const dispatcher = await this.#dispatch();
      const response = await request(url, { method: "POST", headers, body, dispatcher, signal });
      const read = await readStart(response.body);
      return {
        duration: duration(),
        answer: { code: response.statusCode, headers: writeHeaders(response.headers), body: read },
      };
    } catch (error) {
      return { duration: duration(), ...problemOf(error) };
    }
  }

  async close(): Promise<void> {
    await (await this.#dispatcher)?.destroy();
  }

  /** Loaded late, because most servers never send anything. */
  #dispatch(): Promise<Dispatcher> {
    this.#dispatcher ??= import("undici").then(
      ({ EnvHttpProxyAgent }) =>
        // No connection is used twice, so each is to an address that was just checked.
        new EnvHttpProxyAgent({ pipelining: 0, connect: { lookup: this.#lookup, timeout: this.#timeoutMs } }),
    );
    return this.#dispatcher;
  }

  /** Gives a connection only addresses that may be reached. The connection is made to one of them, and not to the name. */
  readonly #lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      const usable = addresses.filter(({ address }) => mayReach(address, this.#allowed));
      const [first] = usable;
      if (!first) return callback(Object.assign(new Error("blocked"), { code: BLOCKED }), "");
      if (options.all) return callback(null, usable);
      callback(null, first.address, first.family);
    });
  };
}

const BLOCKED = "QUILLON_BLOCKED";

function problemOf(error: unknown): { problem: Problem; code: string } {
  const { name, code, cause } = error as { name?: string; code?: unknown; cause?: { code?: unknown } };
  const told = String(code ?? cause?.code ?? "");
  if (told === BLOCKED) return { problem: "blocked", code: "" };
  if (name === "TimeoutError" || /TIMEOUT|ETIMEDOUT/.test(told)) return { problem: "slow", code: "" };
  return { problem: "failed", code: /^[A-Z0-9_]+$/.test(told) ? told : "unknown" };
}

async function readStart(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= READ) break;
  }
  return Buffer.concat(chunks).subarray(0, READ).toString();
}

function writeHeaders(headers: Dispatcher.ResponseData["headers"]): string {
  return Object.entries(headers)
    .flatMap(([name, value]) => [value ?? ""].flat().map((one) => `${name}: ${one}`))
    .join("\n");
}
