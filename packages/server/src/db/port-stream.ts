import { Duplex } from "node:stream";
import type { MessagePort } from "node:worker_threads";

/** What goes over the port: bytes of PostgreSQL's protocol, or why there will be no more. */
export type PortMessage = Uint8Array | { failed: string };

/**
 * The side of a message port on which `pg` speaks PostgreSQL's protocol. It has the methods of a socket that `pg` calls:
 * https://github.com/brianc/node-postgres/blob/pg%408.16.0/packages/pg/lib/connection.js#L38
 */
export class PortStream extends Duplex {
  readonly #port: MessagePort;
  readonly #patience: { ms: number; lost(): void };
  #waiting: NodeJS.Timeout | undefined;

  /** @param patience how long an answer may take, and what is called when it takes longer. */
  constructor(port: MessagePort, patience: { ms: number; lost(): void }) {
    super();
    this.#port = port;
    this.#patience = patience;
    port.on("message", (message: PortMessage) => {
      clearTimeout(this.#waiting);
      if ("failed" in message) this.destroy(new Error(message.failed));
      else this.push(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    });
    port.on("close", () => {
      if (this.writableEnded) this.destroy();
      else if (!this.destroyed) this.#lose("it has ended.");
    });
  }

  connect(): this {
    process.nextTick(() => this.emit("connect"));
    return this;
  }
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {
    this.#port.ref();
  }
  unref(): void {
    this.#port.unref();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.#post(joined([chunk]));
    done();
  }

  /** `pg` writes the messages of one query together, and together they take one turn of the worker. */
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#post(joined(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    clearTimeout(this.#waiting);
    this.#port.close();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#waiting);
    this.#port.close();
    done(error);
  }

  /** The bytes have memory of their own, which moves to the other thread. */
  #post(bytes: Uint8Array<ArrayBuffer>): void {
    this.#port.postMessage(bytes, [bytes.buffer]);
    clearTimeout(this.#waiting);
    const { ms } = this.#patience;
    this.#waiting = setTimeout(() => this.#lose(`it did not answer for ${ms / 1000} seconds.`), ms).unref();
  }

  #lose(why: string): void {
    this.destroy(new Error(`The embedded database failed: ${why}`));
    this.#patience.lost();
  }
}

/** One piece of memory of its own, which can move to another thread. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
