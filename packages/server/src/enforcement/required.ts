/** A version of a pack as one policy group has it enabled. */
export interface EnabledPack {
  /** The pack, the same for all of its versions. */
  packId: string;
  versionId: string;
  /** The integer of the version; the highest is the newest. */
  version: number;
  /** When the group's entry was last edited, as a number of the organization's change counter. */
  changed: bigint;
}

/**
 * What a stack must run: the union over the preventative groups that take it in. Of one pack only the newest version
 * is run, because a client can't load two. When two groups have that same version with different configuration, the entry
 * that was edited last counts.
 *
 * @returns one entry for each pack, in the order of pack ids.
 */
export function requiredPacks<E extends EnabledPack>(enabled: readonly E[]): E[] {
  const chosen = new Map<string, E>();
  for (const entry of enabled) {
    const other = chosen.get(entry.packId);
    if (!other || prevails(entry, other)) chosen.set(entry.packId, entry);
  }
  return [...chosen.values()].sort((a, b) => (a.packId < b.packId ? -1 : 1));
}

function prevails(entry: EnabledPack, other: EnabledPack): boolean {
  return entry.version === other.version ? entry.changed > other.changed : entry.version > other.version;
}
