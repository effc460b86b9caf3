import type { Wheel } from "./wheel.ts";

/** The files of an artifact while they are put together. */
export class Artifact {
  readonly files: Map<string, Uint8Array | string>;
  /** Those of them that are programs, beside the pack's own. */
  readonly programs = new Set<string>();

  constructor(files: Iterable<readonly [path: string, content: Uint8Array | string]>) {
    this.files = new Map(files);
  }

  /** Puts the files of a wheel into a folder. */
  add(folder: string, { installed }: Wheel): void {
    for (const [path, { content, isProgram }] of installed) {
      this.files.set(`${folder}/${path}`, content);
      if (isProgram) this.programs.add(`${folder}/${path}`);
    }
  }
}
