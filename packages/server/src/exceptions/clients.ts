/** The first release that is known to read `RequiredPolicy.exceptions`; 3.260.0 does not, and those between were not looked at. */
const FIRST = [3, 274, 0] as const;

/**
 * Whether the engine of this version of the Pulumi CLI applies policy exceptions itself. Where it does not, the packs must.
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/analyzer/exceptions.go
 *
 * @param version such as `3.274.1`, with or without a `v`. What is built between releases is named for the next one, such as
 *   `3.275.0-alpha.x1a2b3c4+dirty`, and comes before it.
 */
export function engineAppliesExceptions(version: string): boolean {
  const [, numbers, prerelease] = /^v?(\d+\.\d+\.\d+)(-[\w.-]+)?(?:\+[\w.-]+)?$/.exec(version) ?? [];
  if (numbers === undefined) return false;
  const parts = numbers.split(".").map(Number);
  for (const [place, first] of FIRST.entries()) {
    const part = parts[place] ?? 0;
    if (part !== first) return part > first;
  }
  return prerelease === undefined;
}
