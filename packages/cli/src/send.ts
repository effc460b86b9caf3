import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Fetch, FetchRequest } from "@quillon/contract/client";

/** Nothing answers where something was asked. */
export class Unreachable extends Error {
  /** Without what to do. */
  readonly what: string;

  constructor(url: string, cause: NodeJS.ErrnoException) {
    // Where a name has several addresses, and none answers, only the code says why. The rest of the URL may be a secret.
    const { origin, host } = new URL(url);
    const isPlain = cause.message.includes("wrong version number");
    const why = isPlain ? "what listens there does not speak TLS" : cause.message || cause.code;
    const what = `${origin} can't be reached: ${why}`;
    const next = isPlain ? `Is it http://${host}?` : "Look whether the server runs and its address is right:";
    super(`${what}. ${next} \`quillon doctor\` says more.`, { cause });
    this.what = what;
  }
}

/**
 * What commands need of `fetch`, without it: Node.js takes longer to load that than a command takes for all else. Whoever is sent elsewhere
 * is sent there by `fetch`, which knows what may go along.
 */
export const send: Fetch = async (url, request) => {
  const answer = await answerTo(url, request);
  const { statusCode: status = 0, headers } = answer;
  if (status >= 300 && status < 400) {
    answer.resume();
    return fetch(url, request);
  }
  // Nobody reads an answer without a body, and until it is read its connection keeps the process from ending.
  const isEmpty = status === 204 || headers["content-length"] === "0";
  if (isEmpty) answer.resume();
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => headers[name]?.toString() ?? null },
    get body() {
      return isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
    },
    text: async () => (isEmpty ? "" : text(answer)),
  };
};

function answerTo(url: string, { method, headers, body, signal }: FetchRequest): Promise<IncomingMessage> {
  // An import would read every export of the module, and one of them loads what `fetch` is made of.
  const { request } = process.getBuiltinModule(url.startsWith("https:") ? "node:https" : "node:http");
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const options = { method, headers: { ...headers, ...length }, ...(signal && { signal }) };
    const sent = request(url, options, resolve);
    sent.on("error", (error) => reject(new Unreachable(url, error)));
    sent.end(body);
  });
}
