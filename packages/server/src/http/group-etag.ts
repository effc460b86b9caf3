import type { SeenChanges } from "../groups/index.ts";

/** The ETag of a policy group: its change counter. */
export function groupEtag({ changed }: { changed: string }): string {
  return `"${changed}"`;
}

/** The changes that the caller has read, from the If-Match header; undefined without one. */
export function readIfMatch(header: string | undefined): SeenChanges | undefined {
  if (!header) return undefined;
  if (header === "*") return "any";
  return header.split(/,\s*/).map((etag) => /^"(\d+)"$/.exec(etag)?.[1] ?? "");
}
