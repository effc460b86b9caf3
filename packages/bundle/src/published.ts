import type { BundledSdk } from "@quillon/contract";
import type { Description } from "@quillon/runner";
import type { Problem } from "./problems.ts";
import type { Target } from "./python/targets.ts";

export type Step = "resolve" | "types" | "bundle" | "check";

export interface Published {
  description: Description;
  archive: Buffer;
  /** Why the archive has the pack as it is. */
  problems: Problem[];
  /** Where a bundled pack asks, under a condition only, for modules that are not there. */
  absent?: Problem[];
  /** What a bundled pack runs on. */
  sdk?: BundledSdk;
  /** The machines that a pack in Python is bundled for. */
  targets?: Target[];
  /** The archive of what was bundled: what each machine would install otherwise. */
  sources?: Buffer;
}

export interface Options {
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  /** Is given how the pack will be published, as soon as that is known: as its code says, and again as the pack itself says. What it throws ends the work. */
  onNamed?: ((named: Named) => Promise<void>) | undefined;
}

export type Named = Pick<Description, "name" | "versionTag">;
