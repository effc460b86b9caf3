/** The names of the backups that a server keeps: they sort by their time. Other files beside them are somebody's own. */
const NAME = /^quillon-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.backup$/;

export function nameOfBackup(time: Date): string {
  return `quillon-${time.toISOString().slice(0, 19).replaceAll(":", "-")}Z.backup`;
}

/** @returns in milliseconds; undefined when there is none. */
export function newestTime(names: readonly string[]): number | undefined {
  const times = names.flatMap((name) => timeOf(name) ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** @returns all but the newest. */
export function surplus(names: readonly string[], keep: number): string[] {
  return names
    .filter((name) => timeOf(name) !== undefined)
    .sort()
    .reverse()
    .slice(keep);
}

/** @returns what backups have left that were interrupted. */
export function unfinished(names: readonly string[]): string[] {
  return names.filter((name) => name.endsWith(".tmp") && NAME.test(name.slice(0, -".tmp".length)));
}

/** How long it is until the next backup, in milliseconds. A server that has just started has other things to do. */
export function waitFor(at: { now: number; newest: number | undefined; everyMs: number; leastMs: number }): number {
  const { now, newest, everyMs, leastMs } = at;
  // The clock may have been set back since.
  const age = newest === undefined ? everyMs : Math.max(0, now - newest);
  return Math.max(leastMs, everyMs - age);
}

function timeOf(name: string): number | undefined {
  const [, day, hours, minutes, seconds] = NAME.exec(name) ?? [];
  const time = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time) ? undefined : time;
}
