import { atOnce } from "../at-once.ts";
import { type HistoryUpdate, type ListedStack, NotPrinted, readHistory } from "./history.ts";
import { findKnown, type KnownStack, readReasons, readRuns, type Server } from "./known.ts";
import { type KnownRun, withoutRun } from "./match.ts";
import { type Pulumi, PulumiFailed } from "./pulumi.ts";
import { isIncomplete, type ScannedStack, statusOf, timeOf, toldUpdate } from "./scanned.ts";

/** Entries of a history that are in memory at once, each with its whole configuration. */
const PAGE = 100;

export interface Scan {
  pulumi: Pulumi;
  server: Server;
  known: readonly KnownStack[];
  /** In milliseconds since 1970. Updates that ended before are not looked at. */
  since: number;
  now: number;
  /** Whether the state of each stack must be read, because that of one can't be. */
  readsStates: boolean;
}

/**
 * Compares the history of a stack with what the server knows of it. A stack that the CLI can't read is told as such.
 *
 * @throws Error when the server can't be asked: then nothing can be said.
 */
export async function scanStack(listed: ListedStack, scan: Scan): Promise<ScannedStack> {
  const known = findKnown(scan.known, listed);
  // Before that it was not guarded.
  const from = Math.max(scan.since, known ? Date.parse(known.since) : 0);
  const { updates, problem } = await readUpdates(listed, from, scan);
  const runs = known ? await readRuns(scan.server, known.here, from) : [];
  const unmatched = withoutRun(updates, runs);
  const incomplete = known ? runs.filter((run) => isIncomplete(run, scan.now)) : [];
  const told = {
    updates: updates.length,
    known: updates.length - unmatched.length,
    withoutReceipt: unmatched.map(toldUpdate),
    incomplete: await atOnce(1, incomplete, (run) => toldRun(run, scan.server)),
  };
  const project = listed.project ?? known?.project;
  return {
    ...(project !== undefined && { project }),
    stack: listed.stack,
    ...(known && { here: known.here }),
    status: problem ? "unreadable" : known ? statusOf(told) : "unknown",
    ...(listed.lastUpdate && { lastUpdate: listed.lastUpdate }),
    ...told,
    ...(problem && { problem }),
  };
}

async function readUpdates(
  { name }: ListedStack,
  from: number,
  { pulumi, readsStates }: Scan,
): Promise<{ updates: HistoryUpdate[]; problem?: string }> {
  const updates: HistoryUpdate[] = [];
  try {
    if (readsStates) await pulumi(["stack", "export", "--stack", name]);
    for (let page = 1; ; page += 1) {
      const paged = ["--page-size", String(PAGE), "--page", String(page)];
      const printed = await pulumi(["stack", "history", "--json", "--show-secrets=false", "--stack", name, ...paged]);
      const read = readHistory(printed.toString());
      updates.push(...read.updates.filter(({ end }) => end >= from));
      if (read.entries < PAGE || read.oldest < from) return { updates };
    }
  } catch (error) {
    if (!(error instanceof PulumiFailed || error instanceof NotPrinted)) throw error;
    return { updates, problem: error.message };
  }
}

async function toldRun({ id, start, end, status, receipt }: KnownRun, server: Server) {
  return {
    updateID: id,
    startedAt: timeOf(start),
    ...(end !== undefined && { endedAt: timeOf(end) }),
    outcome: status,
    receipt: receipt ?? "none",
    reasons: receipt ? await readReasons(server, id) : [],
  };
}
