import { newError, type ReportedResult } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { ownMessages } from "./report.ts";
import { type ReportedEvents, readReported } from "./report-queries.ts";

/** Puts results together from their events. @throws update_compacted_meanwhile */
export async function readResults(
  { db, stack }: StackCtx,
  updateId: string,
  results: readonly ReportedEvents[],
  messageOf: ReturnType<typeof ownMessages>,
): Promise<ReportedResult[]> {
  const events = await readReported(
    db,
    updateId,
    results.flatMap(({ sequences }) => sequences),
  );
  const bySequence = new Map(events.map((event) => [event.sequence, event]));
  return results.map(({ sequences, excepted }) => {
    const told = sequences.toSorted(bySize).flatMap((sequence) => bySequence.get(sequence) ?? []);
    const [first] = told;
    if (!first) throw newError("update_compacted_meanwhile", { update: updateId });
    const { kind, pack, tag, policy, level, severity, urn, exceptions } = first;
    const message = [...new Set(told.map((event) => messageOf(event.message, event)))].join("\n");
    const { project, name } = stack;
    const result = { kind, project, stack: name, pack, version: tag, policy, level, severity, urn, message };
    if (excepted) return { ...result, ...(exceptions && { exceptions }) };
    const unapplied = told.find((event) => event.unapplied)?.unapplied;
    return { ...result, ...(unapplied && { unappliedExceptions: unapplied }) };
  });
}

const bySize = (a: string, b: string) => Number(a) - Number(b);
