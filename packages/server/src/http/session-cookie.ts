import type { IncomingHttpHeaders } from "node:http";
import { newError } from "@quillon/contract";
import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyRequest } from "fastify";
import { isSessionValue, type Session } from "../people/index.ts";
import { credential } from "./credential.ts";

const NAME = "quillon_session";

/**
 * The access token of the Authorization header or, without that header, the session of the console's cookie. Neither is accepted in the
 * other's place, because a page's script must never have a session, and a browser must never send a token by itself.
 */
export function callerToken(headers: IncomingHttpHeaders): string | undefined {
  if (headers.authorization !== undefined) {
    const token = credential(headers, "token");
    return token !== undefined && isSessionValue(token) ? undefined : token;
  }
  const value = parseCookie(headers.cookie ?? "")[NAME];
  return value !== undefined && isSessionValue(value) ? value : undefined;
}

/**
 * A browser sends the cookie with the requests of other pages of this host, too: those on another port. A reverse proxy adds the name of
 * the person to whatever their browser sends. So without an access token, a request that may change something must come from this
 * server's own page.
 *
 * @param url of this server, as the console is opened with it: the public URL, if it has one.
 * @throws cross_origin
 */
export function requireOwnOrigin({ method, headers }: FastifyRequest, url: string): void {
  if (headers.authorization !== undefined || method === "GET" || method === "HEAD") return;
  const { origin = "an unnamed address" } = headers;
  const page = readUrl(origin);
  const own = readUrl(url);
  // Without a public URL, a proxy may take https:// where the server knows only http://.
  const isOwn =
    page !== undefined && page.host === own?.host && (own.protocol === "http:" || page.protocol === own.protocol);
  if (!isOwn) throw newError("cross_origin", { origin, url });
}

function readUrl(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** Lasts as long as the session. Scripts can't read it, and a page of another site can't have it sent. */
export function sessionCookie({ value, expires }: Session, url: string): string {
  return cookie(value, { url, maxAge: Math.max(0, Math.floor((expires.getTime() - Date.now()) / 1000)) });
}

/** Makes the browser forget the cookie. */
export function noSessionCookie(url: string): string {
  return cookie("", { url, maxAge: 0 });
}

function cookie(value: string, { url, maxAge }: { url: string; maxAge: number }): string {
  const secure = url.startsWith("https:");
  return stringifySetCookie({ name: NAME, value, path: "/", httpOnly: true, sameSite: "strict", secure, maxAge });
}
