import type { HistoryUpdate } from "./history.ts";

/** A real update that `quillon run` has told the server of. Times are in milliseconds since 1970. */
export interface KnownRun {
  id: string;
  start: number;
  /** Undefined while it goes on. */
  end: number | undefined;
  status: string;
  /** Of its receipt; undefined when it has none. */
  receipt: string | undefined;
  /** What its events said, if they came. */
  changes?: Readonly<Record<string, number>>;
}

/** How far the clocks of the machines may be apart. */
export const TOLERANCE_MS = 60_000;

/**
 * The updates of a history that no run is known of.
 *
 * A backend gives an update no id that Quillon has, too. So a run and an update are the same when their times overlap, and neither says of
 * the resources what the other contradicts. Of several, those belong together that end nearest to each other, and each belongs to one at most.
 */
export function withoutRun(updates: readonly HistoryUpdate[], runs: readonly KnownRun[]): HistoryUpdate[] {
  const pairs = pairsOf(updates, runs.filter(hasBegun)).sort((a, b) => a.distance - b.distance);
  const taken = new Set<HistoryUpdate | KnownRun>();
  for (const { update, run } of pairs) {
    if (taken.has(update) || taken.has(run)) continue;
    taken.add(update).add(run);
  }
  return updates.filter((update) => !taken.has(update));
}

/** One is cancelled without a receipt that counts when the preview before it failed, or was not confirmed. Nothing was updated. */
function hasBegun({ status, receipt }: KnownRun): boolean {
  return !(status === "cancelled" && receipt === "not-applicable");
}

interface Pair {
  update: HistoryUpdate;
  run: KnownRun;
  distance: number;
}

function pairsOf(updates: readonly HistoryUpdate[], runs: readonly KnownRun[]): Pair[] {
  const inOrder = [...runs].sort((a, b) => a.start - b.start);
  const pairs: Pair[] = [];
  let first = 0;
  for (const update of [...updates].sort((a, b) => a.start - b.start)) {
    // Runs of a stack follow each other, so those before have ended before.
    while (first < inOrder.length && endOf(inOrder[first]) + TOLERANCE_MS < update.start) first += 1;
    for (let at = first; at < inOrder.length; at += 1) {
      const run = inOrder[at] as KnownRun;
      if (run.start - TOLERANCE_MS > update.end) break;
      if (agree(update.changes, run.changes)) pairs.push({ update, run, distance: distanceOf(update, run) });
    }
  }
  return pairs;
}

function endOf(run: KnownRun | undefined): number {
  return run?.end ?? Number.POSITIVE_INFINITY;
}

/** The command ends with its update, and may begin long before it, when somebody is asked to confirm. The end of a silent run says nothing. */
function distanceOf(update: HistoryUpdate, { start, end, receipt }: KnownRun): number {
  const [fromStart, fromEnd] = [
    Math.abs(update.start - start),
    Math.abs(update.end - (end ?? Number.POSITIVE_INFINITY)),
  ];
  return receipt === "incomplete" || end === undefined ? Math.min(fromStart, fromEnd) : fromEnd;
}

function agree(a: HistoryUpdate["changes"], b: KnownRun["changes"]): boolean {
  if (!a || !b) return true;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => (a[key] ?? 0) === (b[key] ?? 0));
}
