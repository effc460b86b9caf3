import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyServerOptions } from "fastify";

/**
 * A server that ends a connection on which a request comes before the one before it is answered. Node.js reads up to 2 MB of a
 * connection at once and has all requests in it handled before it looks at other connections, so one client could make everybody
 * wait. Clients and reverse proxies send one request after the other, though HTTP allows more.
 *
 * It also ends a connection on which nothing has moved for `connectionTimeout` milliseconds, unless it is the server that others wait for:
 * what a client does not take of a reply is kept in memory.
 */
export function oneAtATime(
  handle: RequestListener,
  { keepAliveTimeout = 0, requestTimeout = 0, connectionTimeout = 0 }: FastifyServerOptions,
): Server {
  const answering = new WeakSet<Socket>();
  const server = createServer((request, response) => {
    const { socket } = request;
    if (answering.has(socket)) return void socket.destroy();
    answering.add(socket);
    response.once("close", () => answering.delete(socket));
    handle(request, response);
  });
  // Fastify sets these only for servers that it makes itself.
  server.setTimeout(connectionTimeout, (socket) => {
    if (!answering.has(socket) || socket.writableLength > 0) socket.destroy();
  });
  return Object.assign(server, { keepAliveTimeout, requestTimeout });
}
