import { rankOfSeverity } from "@quillon/contract";
import type { StackRef } from "../context.ts";
import type { FindingChange, TopFinding } from "./settle-queries.ts";

/** What is open again in a stack because of exceptions. */
export interface Reopened {
  organizationId: string;
  stack: StackRef;
  /** Their ids. */
  exceptions: readonly string[];
  changes: readonly FindingChange[];
}

interface OpenAgain extends TopFinding {
  organizationId: string;
  stackId: string;
  project: string;
  stack: string;
  status: string;
  ids: readonly string[];
}

const TOP = 5;

/** Adds findings to what is told of each stack, by its id. Nobody is told of those that somebody ignores. */
export function addReopened(stacks: Map<string, Reopened>, findings: readonly OpenAgain[]): void {
  for (const finding of findings) {
    if (finding.status === "ignored" || finding.status === "by_design") continue;
    const { organizationId, stackId, project, stack, ids, id, pack, tag, policy, urn, level, severity, message } =
      finding;
    const before = stacks.get(stackId);
    stacks.set(stackId, {
      organizationId,
      stack: { id: stackId, project, name: stack },
      exceptions: [...new Set([...(before?.exceptions ?? []), ...ids])],
      changes: withFinding(before?.changes ?? [], { id, pack, tag, policy, urn, level, severity, message }),
    });
  }
}

function withFinding(changes: readonly FindingChange[], finding: TopFinding): FindingChange[] {
  const mandatory = finding.level === "mandatory";
  const { count = 0, top = [] } = changes.find((change) => change.mandatory === mandatory) ?? {};
  const worst = [...top, finding].sort((a, b) => rankOfSeverity(b.severity) - rankOfSeverity(a.severity)).slice(0, TOP);
  const changed: FindingChange = { how: "reopened", mandatory, count: count + 1, top: worst };
  return [...changes.filter((change) => change.mandatory !== mandatory), changed];
}
