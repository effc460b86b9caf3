import { createHash, randomBytes } from "node:crypto";

/** A new access token: 256 random bits behind a prefix that secret scanners can look for. */
export function newToken(): string {
  return `qln_${randomBytes(32).toString("base64url")}`;
}

const SESSION = "qls_";

/** The value of a new session of the console. It is no access token: only the console's cookie is accepted with it. */
export function newSessionValue(): string {
  return SESSION + randomBytes(32).toString("base64url");
}

export function isSessionValue(value: string): boolean {
  return value.startsWith(SESSION);
}

/** The only form in which a token is stored. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
