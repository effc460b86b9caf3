import { SourceMap } from "node:module";

interface Place {
  /** Counts from 1. */
  line: number;
  /** Counts from 0. */
  column: number;
}

const INLINE = /^\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,([\w+/=]+)\s*$/m;

/** Where something in JavaScript is in its source. @param code with a source map inside @returns undefined where that says nothing. */
export function placeInSource(code: string, { line, column }: Place): Place | undefined {
  const [, map] = INLINE.exec(code) ?? [];
  if (map === undefined) return undefined;
  const entry = new SourceMap(JSON.parse(Buffer.from(map, "base64").toString())).findEntry(line - 1, column);
  return "originalLine" in entry ? { line: entry.originalLine + 1, column: entry.originalColumn } : undefined;
}
