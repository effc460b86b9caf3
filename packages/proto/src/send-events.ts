import * as http2 from "node:http2";
import { EVENT_TAG, type EventStream, PATH, PREFIX_BYTES } from "./events.ts";

/** A stream of events to a server that is not ours, and what has become of it. */
export interface SentStream extends EventStream {
  /** Ends when the server has taken all or can't take more. With a text that says why it has not taken all, if so. */
  readonly done: Promise<string | undefined>;
  /** Ends what is still open. */
  close(): void;
}

/**
 * Sends the engine events of one run as the Pulumi CLI does. Programs of the Automation API listen to them.
 *
 * @param address `HOST:PORT`
 */
export function sendEvents(address: string): SentStream {
  const session = http2.connect(`http://${address}`);
  const request = session.request({
    ":method": "POST",
    ":path": PATH,
    "content-type": "application/grpc",
    te: "trailers",
  });
  let failure: string | undefined;
  const failed = (error: Error) => {
    failure ??= error.message;
  };
  const read = ({ "grpc-status": status = "0" }: http2.IncomingHttpHeaders) => {
    if (status !== "0") failure ??= `it answered gRPC status ${status}`;
  };
  session.on("error", failed);
  request.on("error", failed);
  request.on("response", read);
  request.on("trailers", read);
  request.resume();
  const done = new Promise<string | undefined>((resolve) => {
    request.once("close", () => {
      session.close();
      resolve(failure);
    });
  });
  return {
    event: (json) => void (request.writable && request.write(frameOf(json))),
    end: () => void request.end(),
    done,
    close: () => session.destroy(),
  };
}

function frameOf(json: string): Buffer {
  const text = Buffer.from(json);
  const head: number[] = [EVENT_TAG];
  let left = text.length;
  for (; left > 127; left = Math.floor(left / 128)) head.push((left & 127) | 128);
  head.push(left);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(head.length + text.length, 1);
  return Buffer.concat([prefix, Buffer.from(head), text]);
}
