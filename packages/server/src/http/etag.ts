import { createHash } from "node:crypto";
import { writeJson } from "../json/write.ts";

/** Of what has no counter of its changes: two of the same content have the same. */
export function etagOf(value: unknown): string {
  return `"${createHash("sha256").update(writeJson(value)).digest("base64url")}"`;
}

/** Whether the caller has read this, or does not say what they have read. */
export function isSeen(ifMatch: string | undefined, value: unknown): boolean {
  const seen = readIfMatch(ifMatch);
  return seen === undefined || seen === "any" || seen.includes(etagOf(value));
}

/**
 * The ETags that the caller names in the If-Match header; undefined without one. A proxy that compresses a reply makes its ETag a weak
 * one. It tells contents apart as well as before.
 */
export function readIfMatch(header: string | undefined): "any" | string[] | undefined {
  if (!header) return undefined;
  return header === "*" ? "any" : header.split(/,\s*/).map((etag) => etag.replace(/^W\//, ""));
}
