import { request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer, Asked, Kind, Outcome, Recorder } from "./history.ts";
import type { Random } from "./random.ts";

export interface Reply {
  status: number;
  bytes: Buffer;
  text: string;
}

interface Sending<K extends Kind = Kind> {
  body?: object | string | Buffer;
  /** Its Authorization header, instead of that of the first user. Empty for none. */
  as?: string;
  /** What an answer says that is more than that it was done. */
  read?: (reply: Reply) => Answer<K>;
}

/** A request is sent again until a server answers. After so many times nobody waits for that any more. */
const ATTEMPTS = 1_000;
const PAUSE_MS = 200;

/** Sends requests as the CLI does: to any of the servers, and again when no answer comes or a server says that it failed. */
export class Client {
  readonly recorder: Recorder;
  readonly random: Random;
  /** Answers that no fault explains, each once. */
  readonly unexpected = new Set<string>();
  readonly #token: string;
  readonly #servers: readonly { url: string }[];
  /** The statuses with which a server may say that it failed. */
  readonly #failures: readonly number[];
  over = false;

  constructor(
    recorder: Recorder,
    random: Random,
    { token, servers, failures = [503] }: { token: string; servers: readonly { url: string }[]; failures?: number[] },
  ) {
    this.recorder = recorder;
    this.random = random;
    this.#token = token;
    this.#servers = servers;
    this.#failures = failures;
  }

  /** Sends it once. @returns undefined when no answer came. */
  async try(request: string, { body, as = `token ${this.#token}` }: Sending = {}): Promise<Reply | undefined> {
    const [method = "", path = ""] = request.split(" ");
    const { url = "" } = this.#servers[this.random.below(this.#servers.length)] ?? {};
    const payload =
      body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const headers = {
      ...(as && { authorization: as }),
      ...(!Buffer.isBuffer(payload) && { "content-type": "application/json" }),
      ...(payload !== undefined && { "content-length": Buffer.byteLength(payload) }),
    };
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        const sent = send(new URL(path, url), { method, headers }, (incoming) => {
          buffer(incoming).then((bytes) => {
            resolve({ status: incoming.statusCode ?? 0, bytes, text: bytes.toString() });
          }, reject);
        });
        sent.on("error", reject).end(payload);
      });
      if (reply.status >= 500 && !this.#failures.includes(reply.status))
        this.unexpected.add(`${request.replaceAll(/[0-9a-f-]{36}/g, "ID")}: ${reply.status} ${reply.text}`);
      return reply;
    } catch {
      return undefined;
    }
  }

  /** Sends it until a server answers. @throws Error when none does for long. */
  async ask(request: string, sending: Sending = {}): Promise<Reply> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const reply = await this.try(request, sending);
      if (reply && reply.status < 500) return reply;
      await pause(PAUSE_MS);
    }
    throw new Error(`No server answers ${request}`);
  }

  /** Sends it once, and records that. */
  once<K extends Kind>(kind: K, asked: Asked<K>, request: string, sending: Sending<K> = {}): Promise<Outcome<K>> {
    const { read = () => null as Answer<K>, ...rest } = sending;
    return this.recorder.record(kind, asked, async () => {
      const reply = await this.try(request, rest);
      if (!reply || reply.status >= 500) return { result: "unknown" };
      if (reply.status >= 400) return { result: "refused" };
      return { result: "done", answer: read(reply) };
    });
  }

  /** Sends it until a server answers, and records each time. @throws Error when none does for long. */
  async until<K extends Kind>(
    kind: K,
    asked: Asked<K>,
    request: string,
    sending: Sending<K> = {},
  ): Promise<Outcome<K>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const outcome = await this.once(kind, asked, request, sending);
      if (outcome.result !== "unknown") return outcome;
      await pause(PAUSE_MS);
    }
    throw new Error(`No server answers ${request}`);
  }
}
