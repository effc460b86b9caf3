// A gRPC client on node:http2 that costs little.
import * as http2 from "node:http2";
import { time } from "../measure/ratios.ts";

type Method = "Configure" | "Analyze" | "AnalyzeStack";

export class AnalyzerClient {
  readonly #session: http2.ClientHttp2Session;

  constructor(port: number) {
    this.#session = http2.connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 4 << 20 } });
  }

  /** Requests per second. */
  async many(method: Method, message: Uint8Array, load: { count: number; inFlight: number }): Promise<number> {
    const framed = frame(message);
    let sent = 0;
    const worker = async () => {
      while (sent++ < load.count) await this.#call(method, framed);
    };
    const ms = await time(() => Promise.all(Array.from({ length: load.inFlight }, worker)));
    return (load.count / ms) * 1_000;
  }

  /** Milliseconds for one. */
  once(method: Method, message: Uint8Array): Promise<number> {
    return time(() => this.#call(method, frame(message)));
  }

  #call(method: Method, framed: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ":method": "POST",
        ":path": `/pulumirpc.Analyzer/${method}`,
        "content-type": "application/grpc",
        te: "trailers",
      });
      let status: string | string[] | undefined;
      const note = (headers: http2.IncomingHttpHeaders) => {
        status = headers["grpc-status"] ?? status;
      };
      stream.on("response", note).on("trailers", note).on("error", reject);
      stream.on("data", () => {});
      stream.on("end", () => (status === "0" ? resolve() : reject(new Error(`${method}: status ${status}`))));
      stream.end(framed);
    });
  }

  close(): void {
    this.#session.destroy();
  }
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(5 + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}
