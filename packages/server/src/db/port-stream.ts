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

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on("message", (message: PortMessage) => {
      if ("failed" in message) this.destroy(new Error(message.failed));
      else this.push(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    });
    port.on("close", () => this.destroy());
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
    this.#post(Uint8Array.from(chunk));
    done();
  }

  /** `pg` writes the messages of one query together, and together they take one turn of the worker. */
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#post(joined(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    this.#port.close();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#port.close();
    done(error);
  }

  /** The bytes have memory of their own, which moves to the other thread. */
  #post(bytes: Uint8Array<ArrayBuffer>): void {
    this.#port.postMessage(bytes, [bytes.buffer]);
  }
}

function joined(chunks: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
