import { hasLoaded, type PackFailure, packFailures } from "./pack-failure.ts";

/** How a run ended. Of one that was cancelled, or whose client died, nothing follows. */
export type RunEnding = "succeeded" | "failed" | "interrupted";

/**
 * How a run ended for a pack: it `worked`, the run was only begun with it (`loaded`), it `failed`, or nothing is known.
 */
export type PackEnding =
  | { ended: "worked" | "loaded" | "unknown" }
  | { ended: "failed"; failure: Omit<PackFailure, "pack"> };

interface AskedPack {
  pack: string;
  tag: string | null;
  /** Whether any run of the organization ended well with this version. */
  proven: boolean;
}

/**
 * How a run ended for each pack that it had to ask. Of several suspects, those that are proven are innocent, unless all are: then
 * a run that sent events blames all, because one of them did fail, and a run that sent none blames no pack.
 *
 * @param events its first and last ones, if it failed.
 */
export function packEndings(
  ending: RunEnding,
  events: readonly unknown[],
  required: readonly AskedPack[],
): Map<string, PackEnding> {
  const failures = ending === "failed" ? packFailures(events, required) : [];
  const suspects = failures.filter(({ certain }) => !certain);
  const isProven = (pack: string) => required.some((one) => one.pack === pack && one.proven);
  const unproven = suspects.filter(({ pack }) => !isProven(pack));
  const blamed = unproven.length > 0 || events.length === 0 ? unproven : suspects;
  const others = ending === "succeeded" ? "worked" : ending === "failed" && hasLoaded(events) ? "loaded" : "unknown";
  return new Map<string, PackEnding>(
    required.map(({ pack }) => {
      const failure = failures.find((one) => one.pack === pack && (one.certain || blamed.includes(one)));
      if (!failure) return [pack, { ended: others }];
      const { stage, message, certain } = failure;
      return [
        pack,
        {
          ended: "failed",
          failure: { stage, message, certain: certain || (blamed.length === 1 && events.length > 0) },
        },
      ];
    }),
  );
}
