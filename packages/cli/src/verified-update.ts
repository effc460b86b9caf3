import type { Receipt } from "./verify-receipt.ts";

/** Whether the last update of a commit ran the policies that it had to. */
export interface Verdict {
  holds: boolean;
  /** A sentence. */
  because: string;
  updateID?: string;
  /** Of the receipt. */
  status?: string;
  /** How the update ended. */
  outcome?: string;
}

/** So many updates are looked at, because a commit that is older is not what a pipeline has just deployed. */
export const MOST = 100;

/** An update or a preview, as the server lists those of a stack. */
export interface StartedUpdate {
  updateID: string;
  kind: string;
  dryRun: boolean;
  status: string;
  environment: Readonly<Record<string, string>>;
}

/**
 * Looks for an update of a commit that has not ended: the receipt of an earlier one of the same commit says nothing of it.
 *
 * @param updates those of a stack, the newest first
 */
export async function runningOf(
  updates: AsyncIterable<StartedUpdate>,
  commit: string | undefined,
): Promise<Verdict | undefined> {
  for await (const { updateID, kind, dryRun, status, environment } of updates) {
    if (status !== "running" || dryRun || kind !== "update") continue;
    if (commit !== undefined && !environment["git.head"]?.startsWith(commit)) continue;
    const because = `The last update${ofCommit(commit)}, ${updateID}, has not ended, so it has no receipt yet.`;
    return { holds: false, because, updateID, outcome: status };
  }
  return undefined;
}

function ofCommit(commit: string | undefined): string {
  return commit === undefined ? "" : ` of commit ${commit}`;
}

/**
 * Looks for the last update of a commit. Updates to which receipts do not apply, such as a destroy, do not count.
 *
 * @param receipts those of a stack's updates, the newest first
 * @param commit its whole hash or the beginning of it; undefined for any
 */
export async function verdictOf(receipts: AsyncIterable<Receipt>, commit: string | undefined): Promise<Verdict> {
  const of = ofCommit(commit);
  for await (const { status, reasons, update, client } of receipts) {
    if (status === "not-applicable" || (commit !== undefined && !client.commit?.startsWith(commit))) continue;
    const holds = status === "complete";
    const found = `The last ${update.kind}${of}, ${update.id}, ${update.outcome}`;
    const because = holds ? `${found} with a complete receipt.` : `${found} without one: ${reasons.join(" ")}`;
    return { holds, because: because.trim(), updateID: update.id, status, outcome: update.outcome };
  }
  return { holds: false, because: `Of the newest ${MOST} updates none${of} had to run policies.` };
}
