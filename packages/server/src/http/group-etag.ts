import type { SeenChanges } from "../groups/index.ts";
import { readIfMatch } from "./etag.ts";

/** The ETag of a policy group: its change counter. */
export function groupEtag({ changed }: { changed: string }): string {
  return `"${changed}"`;
}

/** The changes that the caller has read, from the If-Match header; undefined without one. */
export function readSeenChanges(header: string | undefined): SeenChanges | undefined {
  const seen = readIfMatch(header);
  return Array.isArray(seen) ? seen.map((etag) => /^"(\d+)"$/.exec(etag)?.[1] ?? "") : seen;
}
