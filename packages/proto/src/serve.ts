import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { Call } from "./call.ts";
import type { MethodHandler } from "./service.ts";
import { RpcError, Status } from "./status.ts";

/**
 * A gRPC server for unary methods, straight on node:http2: it starts in two thirds of the time of grpc-js and answers
 * half as many requests again, and Node does the parts that are hard (framing, flow control, pings, cancel).
 */

/** What the Pulumi CLI allows in either direction. */
export const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

const PREFIX_BYTES = 5;
const STREAM_WINDOW = 4 * 1024 * 1024;
const SESSION_WINDOW = 32 * 1024 * 1024;
const MAX_MESSAGE_CHARS = 16 * 1024;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** By path, `/package.Service/Method`; from `bindService`. */
  methods: ReadonlyMap<string, MethodHandler>;
  /** A request of more bytes is refused as soon as its size is known, before it is received. It throws to refuse the request. */
  admit?(bytes: number): void;
}

/** Serves `methods` on a free port of 127.0.0.1. */
export async function serve(options: ServeOptions): Promise<Listening> {
  const server = http2.createServer({
    // Node counts received, not yet handled bytes against this; the size of a message has a limit of its own.
    maxSessionMemory: 2 * (MAX_MESSAGE_BYTES / 1_000_000),
    settings: { initialWindowSize: STREAM_WINDOW, enablePush: false },
  });
  server.on("session", (session) => session.setLocalWindowSize(SESSION_WINDOW));
  // A client that disconnects in the middle of a request must not end the pack.
  server.on("sessionError", () => {});
  server.on("stream", (stream, headers) => new Exchange(stream, options).start(headers));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** One request and its answer. */
class Exchange {
  readonly #stream: http2.ServerHttp2Stream;
  readonly #options: ServeOptions;
  readonly #call = new Call((reason) => this.#fail(reason));
  #deadline: NodeJS.Timeout | undefined;
  #received: Buffer[] = [];
  #size = 0;
  #wanted = -1;
  #done = false;

  constructor(stream: http2.ServerHttp2Stream, options: ServeOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  start(headers: http2.IncomingHttpHeaders): void {
    const stream = this.#stream;
    stream.on("error", () => {});
    stream.on("close", () => this.#abandon());
    const path = headers[":path"] ?? "";
    const handler = this.#options.methods.get(path);
    if (!handler) {
      this.#fail(new RpcError(Status.UNIMPLEMENTED, `No method ${path} here.`));
      return;
    }
    const milliseconds = parseTimeout(headers["grpc-timeout"]);
    if (milliseconds !== undefined) {
      const passed = new RpcError(Status.DEADLINE_EXCEEDED, `No answer within ${milliseconds} ms.`);
      this.#deadline = setTimeout(() => this.#call.stop(passed), milliseconds);
    }
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    stream.on("end", () => void this.#answer(handler));
  }

  #receive(chunk: Buffer): void {
    if (this.#done) return;
    this.#received.push(chunk);
    this.#size += chunk.length;
    try {
      if (this.#wanted < 0 && this.#size >= PREFIX_BYTES) this.#readPrefix();
      if (this.#wanted >= 0 && this.#size > this.#wanted) {
        throw new RpcError(Status.INVALID_ARGUMENT, `Expected one message, of ${this.#wanted} bytes; got more.`);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A flag, and the size of the message, which is enough to refuse it. */
  #readPrefix(): void {
    const [first] = this.#received;
    const prefix = first && first.length >= PREFIX_BYTES ? first : Buffer.concat(this.#received);
    this.#wanted = prefix.readUInt32BE(1) + PREFIX_BYTES;
    if (prefix[0] !== 0) throw new RpcError(Status.UNIMPLEMENTED, "Compressed messages are not understood here.");
    if (this.#wanted > MAX_MESSAGE_BYTES + PREFIX_BYTES) {
      throw new RpcError(
        Status.RESOURCE_EXHAUSTED,
        `A request of ${this.#wanted} bytes is more than ${MAX_MESSAGE_BYTES}.`,
      );
    }
    this.#options.admit?.(this.#wanted);
  }

  async #answer(handler: MethodHandler): Promise<void> {
    if (this.#done) return;
    try {
      if (this.#size !== this.#wanted) {
        throw new RpcError(Status.INVALID_ARGUMENT, `Expected one message, got ${this.#size} bytes.`);
      }
      const whole = this.#received.length === 1 ? (this.#received[0] as Buffer) : Buffer.concat(this.#received);
      this.#received = [];
      this.#succeed(await handler(whole.subarray(PREFIX_BYTES), this.#call));
    } catch (error) {
      this.#fail(error);
    }
  }

  #succeed(message: Uint8Array): void {
    if (!this.#finish()) return;
    const stream = this.#stream;
    const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
    frame[0] = 0;
    frame.writeUInt32BE(message.length, 1);
    frame.set(message, PREFIX_BYTES);
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(frame);
  }

  #fail(error: unknown): void {
    if (!this.#finish()) return;
    const code = error instanceof RpcError ? error.code : Status.UNKNOWN;
    this.#stream.respond(
      {
        ":status": 200,
        "content-type": "application/grpc+proto",
        "grpc-status": String(code),
        "grpc-message": escapeMessage(error instanceof Error ? error.message : String(error)),
      },
      { endStream: true },
    );
    // What is still to come of the request is of no use; a caller that had sent it all has nothing to reset.
    if (!this.#stream.readableEnded) this.#stream.close(http2.constants.NGHTTP2_NO_ERROR);
  }

  /** True once, and only while somebody is there to be answered. */
  #finish(): boolean {
    const first = !this.#done;
    this.#done = true;
    this.#received = [];
    clearTimeout(this.#deadline);
    return first && !this.#stream.destroyed && !this.#stream.closed;
  }

  /** Every stream closes; one that closes before its answer was cancelled. */
  #abandon(): void {
    if (!this.#done) this.#call.stop(new RpcError(Status.CANCELLED, "The caller cancelled."));
  }
}

const UNIT_MILLISECONDS: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };
const LONGEST_TIMER = 2 ** 31 - 1;

/** `grpc-timeout` is up to eight digits and a unit. `undefined` for no deadline, or one that can't be waited for. */
export function parseTimeout(header: string | string[] | undefined): number | undefined {
  const match = typeof header === "string" ? /^(\d{1,8})([HMSmun])$/.exec(header) : null;
  if (!match) return undefined;
  const milliseconds = Math.ceil(Number(match[1]) * (UNIT_MILLISECONDS[match[2] as string] as number));
  return milliseconds > LONGEST_TIMER ? undefined : milliseconds;
}

/**
 * `grpc-message` is percent-encoded UTF-8; spaces at its ends too, because HTTP/2 refuses fields that have them. Cut to what
 * clients take in a header; stack traces can be long.
 */
export function escapeMessage(message: string): string {
  const cut = message.length > MAX_MESSAGE_CHARS ? `${message.slice(0, MAX_MESSAGE_CHARS)}…` : message;
  return cut.replace(/^ +|(?<! ) +$|[^\x20-\x24\x26-\x7e]+/g, (part) =>
    Array.from(Buffer.from(part), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
