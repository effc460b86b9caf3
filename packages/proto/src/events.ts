import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { WireReader } from "./wire-read.ts";

// What the Pulumi CLI's `--event-log tcp://ADDRESS` speaks: the method `pulumirpc.Events/StreamEvents`, to which it streams messages with
// one field, `string event = 1`, and which answers an empty message. It is apart from `serve.ts`, which decodes messages by a library, because
// the command line loads it.
// https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/display/display.go#L179

export const PATH = "/pulumirpc.Events/StreamEvents";
export const PREFIX_BYTES = 5;
const STREAM_WINDOW = 4 * 1024 * 1024;
const LONGEST_MESSAGE = 400 * 1024 * 1024;
/** Of field 1, which has a length. */
export const EVENT_TAG = 10;

/** Takes the engine events of one run, each as the line of JSON that the CLI writes. Its functions must not throw. */
export interface EventStream {
  event(json: string): void;
  /** @param whole whether the CLI said that this is all; otherwise it broke off. */
  end(whole: boolean): void;
}

export interface EventServer {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Ends what is still open. */
  close(): void;
}

/** @param open is called for each stream. One command may send several: `pulumi up` sends one for its preview and one for the update. */
export async function serveEvents(open: () => EventStream): Promise<EventServer> {
  const server = http2.createServer({ settings: { initialWindowSize: STREAM_WINDOW, enablePush: false } });
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  server.on("sessionError", () => {});
  let isClosed = false;
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    if (headers[":path"] === PATH) receive(stream, open(), () => isClosed);
    else stream.respond({ ":status": 404 }, { endStream: true });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      isClosed = true;
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
}

/** It takes each message when it has come, and holds nothing back: a CLI that waits to be read would hold up what it deploys. */
function receive(stream: http2.ServerHttp2Stream, receiver: EventStream, isClosed: () => boolean): void {
  const take = framesTo((bytes) => receiver.event(eventOf(bytes)));
  let isSaidToEnd = false;
  stream.on("data", (chunk: Buffer) => {
    // Whoever breaks the protocol would be misread from there on.
    if (!take(chunk)) stream.close(http2.constants.NGHTTP2_PROTOCOL_ERROR);
  });
  stream.on("end", () => {
    isSaidToEnd = true;
    if (stream.destroyed) return;
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(PREFIX_BYTES));
  });
  // A stream that is broken off ends before it closes, too.
  const isWhole = () => isSaidToEnd && !isClosed() && stream.rstCode === http2.constants.NGHTTP2_NO_ERROR;
  stream.on("close", () => receiver.end(isWhole()));
}

/** Cuts what comes into messages. @returns a function that returns false for what is no message, or one that is too large. */
function framesTo(message: (bytes: Buffer) => void): (chunk: Buffer) => boolean {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = PREFIX_BYTES;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) return true;
    let rest = Buffer.concat(chunks);
    for (wanted = PREFIX_BYTES; rest.length >= PREFIX_BYTES; wanted = PREFIX_BYTES) {
      wanted = PREFIX_BYTES + rest.readUInt32BE(1);
      if (rest[0] !== 0 || wanted > LONGEST_MESSAGE) return false;
      if (rest.length < wanted) break;
      message(rest.subarray(PREFIX_BYTES, wanted));
      rest = rest.subarray(wanted);
    }
    chunks = [rest];
    size = rest.length;
    return true;
  };
}

/** Empty for what is no message. To its receiver it is an event that can't be read. */
function eventOf(bytes: Buffer): string {
  try {
    const reader = new WireReader(bytes, "An event");
    let event = "";
    while (reader.at < reader.length) {
      const tag = reader.varint(reader.length);
      if (tag === EVENT_TAG) event = reader.string(reader.length);
      else reader.skip(tag, reader.length);
    }
    return event;
  } catch {
    return "";
  }
}
