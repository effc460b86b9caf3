/** The first release that is known to read `RequiredPolicy.exceptions`; 3.260.0 does not, and those between were not looked at. */
const FIRST = { major: 3, minor: 274 };

/**
 * Whether the engine of this version of the Pulumi CLI applies policy exceptions itself. Where it does not, the packs must.
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/analyzer/exceptions.go
 *
 * @param version such as `3.274.1`, with or without a `v`.
 */
export function engineAppliesExceptions(version: string): boolean {
  const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)\.\d+$/.exec(version) ?? []).map(Number);
  return major > FIRST.major || (major === FIRST.major && minor >= FIRST.minor);
}
