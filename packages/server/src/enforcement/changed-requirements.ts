/** A pack that an update must run, as far as it is compared. */
export interface Compared {
  pack: string;
  version: number;
  tag: string | null;
  configSha256: string | null;
}

/**
 * What a stack must run now that a file of its requirements does not have, in sentences for people. What only the file has is more than
 * what is required, and no sentence is needed for it.
 */
export function changedRequirements(file: readonly Compared[], now: readonly Compared[]): string[] {
  return now.flatMap(({ pack, version, tag, configSha256 }) => {
    const had = file.find((one) => one.pack === pack);
    const name = `Policy pack ${pack}`;
    if (!had) return [`${name} ${tag ?? version} is required now, and was not when the file of requirements was made.`];
    if (had.version !== version)
      return [
        `${name} is required now as ${tag ?? version}, and the file of requirements has ${had.tag ?? had.version}.`,
      ];
    if (had.configSha256 !== configSha256)
      return [`${name} has another configuration now than in the file of requirements.`];
    return [];
  });
}
