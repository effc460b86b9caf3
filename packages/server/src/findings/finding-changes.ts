import { rankOfSeverity } from "@quillon/contract";

/** A finding that has changed, for people. */
export interface TopFinding {
  id: string;
  pack: string;
  tag: string;
  policy: string;
  urn: string;
  level: string;
  severity: string;
  message: string;
}

/** How findings of mandatory, or of other, policies have changed by an update, or by the end of exceptions. */
export interface FindingChange {
  how: "opened" | "reopened" | "fixed";
  mandatory: boolean;
  count: number;
  /** The five worst. */
  top: TopFinding[];
}

export const TOP = 5;

/** Several changes as if they were one: those of the parts of an update, or of single findings. */
export function mergeChanges(changes: readonly FindingChange[]): FindingChange[] {
  const merged = new Map<string, FindingChange>();
  for (const change of changes) {
    const key = `${change.how} ${change.mandatory}`;
    const before = merged.get(key) ?? { ...change, count: 0, top: [] };
    const top = [...before.top, ...change.top].sort(worstFirst).slice(0, TOP);
    merged.set(key, { ...before, count: before.count + change.count, top });
  }
  return [...merged.values()];
}

function worstFirst(a: TopFinding, b: TopFinding): number {
  const nameOf = ({ pack, policy, urn }: TopFinding) => `${pack} ${policy} ${urn}`;
  return rankOfSeverity(b.severity) - rankOfSeverity(a.severity) || (nameOf(a) < nameOf(b) ? -1 : 1);
}
