import semver from "semver";

/** The part of a policy pack's version that the rules of publishing need. */
export interface KnownVersion {
  id: string;
  /** Given by the server: 1, 2, … for each pack. */
  version: number;
  /** Chosen by the author, where the pack has one. */
  tag: string | null;
  status: "reserved" | "completed" | "removed";
  /** The id of the user. */
  reservedBy: string | null;
  reservedUntil: Date;
}

export type Publication =
  | { verdict: "reserve"; version: number; drop: string[] }
  | { verdict: "published"; next: string | undefined }
  | { verdict: "being-published"; by: string | null; until: Date };

/**
 * Whether `user` may publish `tag` next, and as which integer.
 *
 * A tag that was completed can't be used again, even when its version was removed. A tag that another user is publishing
 * is theirs until their reservation ends. The user's own earlier reservation and expired ones are dropped.
 */
export function planPublication(
  known: readonly KnownVersion[],
  wanted: { tag: string | null; user: string; now: Date },
): Publication {
  const { tag, user, now } = wanted;
  const same = tag === null ? undefined : known.find((version) => version.tag === tag);
  if (same && same.status !== "reserved") return { verdict: "published", next: nextFree(known) };
  if (same && same.reservedUntil > now && same.reservedBy !== user) {
    return { verdict: "being-published", by: same.reservedBy, until: same.reservedUntil };
  }
  const dropped = known.filter((version) => version === same || isExpired(version, now));
  const kept = known.filter((version) => !dropped.includes(version));
  return {
    verdict: "reserve",
    version: Math.max(0, ...kept.map(({ version }) => version)) + 1,
    drop: dropped.map(({ id }) => id),
  };
}

function isExpired(version: KnownVersion, now: Date): boolean {
  return version.status === "reserved" && version.reservedUntil <= now;
}

/** The patch after the highest semantic version ever completed, or undefined when no tag is one. */
function nextFree(known: readonly KnownVersion[]): string | undefined {
  const completed = known.filter(({ status }) => status !== "reserved").map(({ tag }) => semver.parse(tag));
  const [highest] = completed.filter((version) => version !== null).sort(semver.rcompare);
  return highest?.inc("patch").version;
}

/** The highest published version whose tag is semantically higher than `tag`. Publishing `tag` now would go back. */
export function higherThan<V extends Pick<KnownVersion, "tag" | "status">>(
  known: readonly V[],
  tag: string,
): V | undefined {
  const own = semver.parse(tag);
  const higher = known.flatMap((version) => {
    const parsed = version.status === "completed" ? semver.parse(version.tag) : null;
    return own && parsed && semver.gt(parsed, own) ? [{ version, parsed }] : [];
  });
  return higher.sort((a, b) => semver.rcompare(a.parsed, b.parsed))[0]?.version;
}

/**
 * The published version that `wanted` names: a tag, else the integer in digits, else `latest` (or nothing), which is the
 * highest integer. Removed and unfinished versions are not there.
 */
export function resolveVersion<V extends Pick<KnownVersion, "version" | "tag" | "status">>(
  known: readonly V[],
  wanted: string,
): V | undefined {
  const published = known.filter(({ status }) => status === "completed");
  const tagged = published.find(({ tag }) => tag === wanted);
  if (tagged) return tagged;
  if (wanted === "" || wanted === "latest") return published.reduce<V | undefined>(newer, undefined);
  return published.find(({ version }) => String(version) === wanted);
}

function newer<V extends { version: number }>(best: V | undefined, next: V): V {
  return best && best.version > next.version ? best : next;
}

/** The name of a version in a sentence: its tag, or its integer when it has no tag. */
export function versionName({ version, tag }: { version: number; tag: string | null }): string {
  return tag ?? String(version);
}
