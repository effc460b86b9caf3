import type { SeenChanges } from "../groups/index.ts";

/** The ETag of a policy group: its change counter. */
export function groupEtag({ changed }: { changed: string }): string {
  return `"${changed}"`;
}

/** What an If-Match header says that the caller has read; undefined without one. */
export function readIfMatch(header: string | undefined): SeenChanges | undefined {
  if (!header) return undefined;
  if (header === "*") return "any";
  return header.split(/,\s*/).map((etag) => /^"(\d+)"$/.exec(etag)?.[1] ?? "");
}
