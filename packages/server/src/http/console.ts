import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { refuseUnknown } from "./errors.ts";

/** In the page's HTML; each answer has another value in its place. */
const NONCE = "__NONCE__";

/** In the page's HTML: how people sign in. */
const SIGN_IN = "__SIGN_IN__";

/** Nothing but what this server sends is loaded or called. The style elements that the pages make carry the nonce. */
const policyOf = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/**
 * Serves the console: its files, and for every other path that is not of the API the one page, whose script reads the path.
 *
 * @param folder what the console's build has made. Without an index.html in it there is no console.
 * @param signIn whether the console asks for an access token, or a reverse proxy has asked already.
 */
export function serveConsole(app: FastifyInstance, folder: string, signIn: "token" | "proxy"): void {
  const index = join(folder, "index.html");
  if (!existsSync(index)) return;
  const page = readFileSync(index, "utf8").replaceAll(SIGN_IN, signIn);
  // A route for each file, so that an organization may have the name of the folder.
  app.register(fastifyStatic, {
    root: join(folder, "assets"),
    prefix: "/assets/",
    wildcard: false,
    globIgnore: ["**/*.br", "**/*.gz"],
    preCompressed: true,
    immutable: true,
    maxAge: "365d",
    setHeaders: (response) => response.setHeader("x-content-type-options", "nosniff"),
  });
  app.get("/*", async (request, reply) => {
    if (request.url.startsWith("/api/")) throw refuseUnknown(request, reply);
    const nonce = randomBytes(16).toString("base64");
    return reply
      .headers({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": policyOf(nonce),
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
      })
      .send(page.replaceAll(NONCE, nonce));
  });
}
