import type { BundledSdk } from "@quillon/contract";
import type { Description } from "@quillon/runner";
import type { Problem } from "./problems.ts";

export type Step = "resolve" | "types" | "bundle" | "check";

export interface Published {
  description: Description;
  archive: Buffer;
  /** Why the archive has the pack as it is. */
  problems: Problem[];
  /** What a bundled pack runs on. */
  sdk?: BundledSdk;
  /** The archive of what was bundled: what each machine would install otherwise. */
  sources?: Buffer;
}

export interface Options {
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  /** Is given what the pack says of itself before the rest is done. What it throws ends the work. */
  onDescribed?: ((description: Description) => Promise<void>) | undefined;
}
