import type { Report, ReportedResult } from "@quillon/contract";
import type { HistoryUpdate } from "./history.ts";
import type { KnownRun } from "./match.ts";

/**
 * `ok`: each update has a complete receipt, or one that does not apply. `incomplete`: a receipt is not complete. `bypassed`: an update has none.
 * `unknown`: Quillon has never seen the stack. `unreadable`: it can't be said.
 */
export type ScanStatus = "ok" | "incomplete" | "bypassed" | "unknown" | "unreadable";

/** What a scan says of a stack. */
export interface ScannedStack {
  /** Its names in the backend. */
  project?: string;
  stack: string;
  /** Its names in Quillon. */
  here?: { project: string; stack: string };
  status: ScanStatus;
  lastUpdate?: string;
  /** How many updates were looked at, and how many of them are known to Quillon. */
  updates: number;
  known: number;
  withoutReceipt: ToldUpdate[];
  incomplete: ToldRun[];
  /** Why it is unreadable. */
  problem?: string;
  /** With `--check`. */
  check?: StackCheck;
}

/** What policies say of a stack's state. They were not enforced. */
export interface StackCheck {
  /** With their versions. None when the stack must run none. */
  packs: string[];
  counts?: Report["counts"];
  results: ReportedResult[];
  /** Whether the server has stored it, as checked and not enforced. Absent for a stack that Quillon does not know. */
  stored?: boolean;
  /** Why the server has not. */
  notStored?: string;
  /** Why it could not be checked. */
  problem?: string;
}

export interface ToldUpdate extends Omit<HistoryUpdate, "start" | "end" | "changes"> {
  startedAt: string;
  endedAt: string;
}

export interface ToldRun {
  updateID: string;
  startedAt: string;
  endedAt?: string;
  /** Of the run, and of its receipt. */
  outcome: string;
  receipt: string;
  reasons: string[];
}

export function toldUpdate({ start, end, changes: _, ...update }: HistoryUpdate): ToldUpdate {
  return { startedAt: timeOf(start), endedAt: timeOf(end), ...update };
}

/** Receipts that are older than this may have been removed. */
const KEPT_MS = 400 * 86_400_000;

/** Whether a run has ended without what it had to prove. */
export function isIncomplete({ receipt, end }: KnownRun, now: number): boolean {
  if (end === undefined || receipt === "complete" || receipt === "not-applicable") return false;
  return receipt !== undefined || end > now - KEPT_MS;
}

export function statusOf({
  withoutReceipt,
  incomplete,
}: Pick<ScannedStack, "withoutReceipt" | "incomplete">): ScanStatus {
  if (withoutReceipt.length > 0) return "bypassed";
  return incomplete.length > 0 ? "incomplete" : "ok";
}

export function timeOf(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z") : "";
}
