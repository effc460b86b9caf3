import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A place to which webhooks are sent, on this machine. */
export class Destination {
  readonly received: Received[] = [];
  readonly #server: Server;
  #waiting: { count: number; resolve: () => void }[] = [];
  /** How each request is answered; the body is read before. */
  answer: RequestListener;

  private constructor(answer: RequestListener) {
    this.answer = answer;
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      this.received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      this.answer(request, response);
      for (const { count, resolve } of this.#waiting) if (this.received.length >= count) resolve();
    });
  }

  static async listen(answer: RequestListener = (_, response) => response.end("ok")): Promise<Destination> {
    const made = new Destination(answer);
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits for so many requests. @returns them. */
  async reach(count: number): Promise<Received[]> {
    if (this.received.length < count) await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    return this.received;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
