import { createHash, randomBytes } from "node:crypto";

/** A new access token: 256 random bits behind a prefix that secret scanners can look for. */
export function newToken(): string {
  return `qln_${randomBytes(32).toString("base64url")}`;
}

/** The only form in which a token is stored. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
