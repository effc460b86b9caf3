import { relative, sep } from "node:path";

/** Why a pack can't be bundled, and where in its code; see `shownPath`. Lines and columns count from 1. */
export interface Problem {
  text: string;
  file?: string;
  line?: number;
  column?: number;
}

/** How people are told of a file: from the first `node_modules` on, or relative to the pack. Nothing of their machine is in it. */
export function shownPath(directory: string, full: string): string {
  const [, installed] = /[\\/](node_modules[\\/].*)$/.exec(full) ?? [];
  return (installed ?? relative(directory, full)).split(sep).join("/");
}

export function problemLine({ file, line, column, text }: Problem): string {
  const place = file && [file, line, column].filter((part) => part !== undefined).join(":");
  return place ? `${place}: ${text}` : text;
}

/** The pack is wrong in itself: it would not run as it is either, or must not be published. */
export class PackRefused extends Error {
  override readonly name = "PackRefused";
  readonly what: string;
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[] = []) {
    super([what, ...problems.map(problemLine)].join("\n  "));
    this.what = what;
    this.problems = problems;
  }
}
