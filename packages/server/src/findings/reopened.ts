import type { StackRef } from "../context.ts";
import type { Gone } from "../exceptions/index.ts";
import { type FindingChange, mergeChanges, type TopFinding } from "./finding-changes.ts";

/** What is open again in a stack because of exceptions. */
export interface Reopened {
  organizationId: string;
  stack: StackRef;
  /** Their ids. */
  exceptions: readonly string[];
  /** What became of them. */
  because: Gone["because"] | "renamed";
  changes: readonly FindingChange[];
}

interface OpenAgain extends TopFinding {
  stackId: string;
  project: string;
  stack: string;
  status: string;
  ids: readonly string[];
}

/** What is told of these findings, for each stack. Nobody is told of those that somebody ignores. */
export function reopenedOf(
  findings: readonly OpenAgain[],
  { organizationId, because }: Pick<Reopened, "organizationId" | "because">,
): Reopened[] {
  const stacks = new Map<string, [OpenAgain, ...OpenAgain[]]>();
  for (const finding of findings) {
    if (finding.status === "ignored" || finding.status === "by_design") continue;
    const ofStack = stacks.get(finding.stackId);
    if (ofStack) ofStack.push(finding);
    else stacks.set(finding.stackId, [finding]);
  }
  return [...stacks.values()].map((all) => {
    const [{ stackId: id, project, stack: name }] = all;
    const exceptions = [...new Set(all.flatMap(({ ids }) => ids))];
    return {
      organizationId,
      stack: { id, project, name },
      exceptions,
      because,
      changes: mergeChanges(all.map(changeOf)),
    };
  });
}

function changeOf({ id, pack, tag, policy, urn, level, severity, message }: OpenAgain): FindingChange {
  const top = [{ id, pack, tag, policy, urn, level, severity, message }];
  return { how: "reopened", mandatory: level === "mandatory", count: 1, top };
}
