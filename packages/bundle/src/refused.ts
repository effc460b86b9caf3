/** A place in a pack's code. */
export interface Place {
  /** Relative to the pack's folder, or from the last `node_modules` on. */
  file: string;
  /** From 1. */
  line?: number;
  column?: number;
}

/** Why a pack can't be bundled, or what of it. */
export interface Problem extends Partial<Place> {
  text: string;
}

export function problemLine({ file, line, column, text }: Problem): string {
  const place = file && [file, line, column].filter((part) => part !== undefined).join(":");
  return place ? `${place}: ${text}` : text;
}

/** The pack is wrong in itself: it would not run as it is either, or must not be published. */
export class PackRefused extends Error {
  override readonly name = "PackRefused";
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[] = []) {
    super([what, ...problems.map(problemLine)].join("\n  "));
    this.problems = problems;
  }
}
