import { createHash } from "node:crypto";
import { writeJson } from "../json/write.ts";

/** Of what has no counter of its changes: two of the same content have the same. */
export function etagOf(value: unknown): string {
  return `"${createHash("sha256").update(writeJson(value)).digest("base64url")}"`;
}

/** Whether the caller has read this, or does not say what they have read. */
export function isSeen(ifMatch: string | undefined, value: unknown): boolean {
  return !ifMatch || ifMatch === "*" || ifMatch.split(/,\s*/).includes(etagOf(value));
}
