import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";

/**
 * The address of the client. A proxy may pass on an X-Forwarded-For that nobody has checked: what is no address in it would let one client
 * be any number of them. Then it is the address of the connection.
 */
export function addressOf({ ip, socket }: Pick<FastifyRequest, "ip" | "socket">): string {
  return isIP(ip) === 0 ? (socket.remoteAddress ?? "") : ip;
}
