import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";

/** A plain file server: takes files by PUT and gives them by GET. It checks nothing and signs nothing. */
export function main([folder = "."]: string[]): void {
  const server = createServer(async (request, response) => {
    const path = `${folder}${request.url}`;
    if (request.method === "PUT") {
      const file = await open(path, "w");
      await pipeline(request, file.createWriteStream({ flush: true }));
      response.end("{}");
      return;
    }
    response.setHeader("content-length", (await stat(path)).size);
    // A client that goes away early is its own problem.
    await pipeline(createReadStream(path), response).catch(() => {});
  });
  server.listen(0, "127.0.0.1", () => {
    console.log(`listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
