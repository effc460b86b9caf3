import type { StackRef } from "../context.ts";
import { type FindingChange, mergeChanges, type TopFinding } from "./finding-changes.ts";

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

/** Adds findings to what is told of each stack, by its id. Nobody is told of those that somebody ignores. */
export function addReopened(stacks: Map<string, Reopened>, findings: readonly OpenAgain[]): void {
  for (const finding of findings) {
    if (finding.status === "ignored" || finding.status === "by_design") continue;
    const { organizationId, stackId, project, stack, ids, id, pack, tag, policy, urn, level, severity, message } =
      finding;
    const before = stacks.get(stackId);
    const top = [{ id, pack, tag, policy, urn, level, severity, message }];
    const reopened = { how: "reopened", mandatory: level === "mandatory", count: 1, top } as const;
    stacks.set(stackId, {
      organizationId,
      stack: { id: stackId, project, name: stack },
      exceptions: [...new Set([...(before?.exceptions ?? []), ...ids])],
      changes: mergeChanges([...(before?.changes ?? []), reopened]),
    });
  }
}
