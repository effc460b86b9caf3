import proxyAddr from "@fastify/proxy-addr";
import type { FastifyRequest } from "fastify";

/**
 * Reads whom a reverse proxy has signed in. Only the connection itself counts, because anybody can write X-Forwarded-For, and an access
 * token always goes before.
 *
 * @param header in small letters.
 */
export function readProxyLogin(
  header: string | undefined,
  proxies: string[] = [],
): (request: Pick<FastifyRequest, "headers" | "socket">) => string | undefined {
  if (header === undefined) return () => undefined;
  const isTrusted = proxyAddr.compile(proxies);
  return ({ headers, socket }) => {
    const login = headers[header];
    const named = typeof login === "string" && login !== "" && headers.authorization === undefined;
    return named && isTrusted(socket.remoteAddress ?? "", 0) ? login : undefined;
  };
}
