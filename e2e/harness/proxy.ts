import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What stands between a client and the server. */
export interface ChangingProxy {
  url: string;
  /** Whether the server never gets a request. The client is told that it did. */
  drops(path: string): boolean;
  /** Whether the client is told that the server has accepted what it may have refused. */
  accepts(path: string): boolean;
  /** Changes what the server answered. */
  changes(path: string, body: string): string;
  close(): void;
}

/** Starts one that passes everything on as it is. */
export async function openProxy(target: string): Promise<ChangingProxy> {
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing).catch(() => outgoing.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: ChangingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    drops: () => false,
    accepts: () => false,
    changes: (_, body) => body,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = incoming;
    if (proxy.drops(path)) {
      incoming.resume();
      outgoing.writeHead(200, { "content-type": "application/json" }).end("{}");
      return;
    }
    const { "accept-encoding": _, ...headers } = incoming.headers;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      incoming.pipe(request(new URL(path, target), { method, headers }, resolve).on("error", reject));
    });
    const isJson = answer.headers["content-type"]?.startsWith("application/json");
    if (!isJson) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    const body = proxy.changes(path, await text(answer));
    const { "content-length": __, "transfer-encoding": ___, ...kept } = answer.headers;
    outgoing.writeHead(proxy.accepts(path) ? 200 : (answer.statusCode ?? 502), kept).end(body);
  }
  return proxy;
}
