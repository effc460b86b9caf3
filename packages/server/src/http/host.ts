import { newError } from "@quillon/contract";
import type { FastifyRequest } from "fastify";

/** A host name, an IPv4 address, or an IPv6 address in brackets, with or without a port. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]{0,253})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * URLs in replies are made with the Host header, so nothing but a host may be in it.
 *
 * @throws bad_host
 */
export function checkHost({ headers }: FastifyRequest): void {
  const { host } = headers;
  if (host !== undefined && !HOST.test(host)) throw newError("bad_host", {});
}

/** The URL that the client has called, without a path. HTTP/1.0 has no Host header; then it is the address that was called. */
export function urlOf({ headers, socket }: FastifyRequest): string {
  const { localAddress = "", localPort, localFamily } = socket;
  const called = `${localFamily === "IPv6" ? `[${localAddress}]` : localAddress}:${localPort}`;
  return `http://${headers.host ?? called}`;
}
