import type { ReportedPack, ReportedPolicy, ReportedResult, ReportHead } from "@quillon/contract";
import { fixOf, type Order, ownMessage, violationsOf } from "@quillon/report";
import type { OrgCtx } from "../context.ts";
import { describePolicies, type PolicyName } from "../packs/index.ts";

/** What policies found, for people, pipelines and other programs. */
export interface FoundResults {
  head: ReportHead;
  results(order: Order): AsyncGenerator<ReportedResult>;
}

/** The worst results are in a report, so many of them. */
export const MOST_RESULTS = 100_000;
/** Of all packs together. */
export const MOST_POLICIES = 20_000;

type Counts = ReportHead["counts"];
type Counted = { pack: string; tag: string; policy: string; severity: string | null } & Partial<Counts>;

/** What a report says of packs and in numbers, with the policies as their packs describe them. */
export async function summarize(
  { db, org }: Pick<OrgCtx, "db" | "org">,
  {
    counted,
    isRequired,
    most,
  }: { counted: readonly Counted[]; isRequired: (pack: string, version: string) => boolean; most: number },
): Promise<Pick<ReportHead, "counts" | "packs" | "leftOut">> {
  const names = counted.map(({ pack, tag, policy }) => ({ pack, tag, policy }));
  const described = new Map((await describePolicies(db, org.id, names)).map((one) => [keyOf(one), one]));
  const packs = new Map<string, ReportedPack>();
  const counts = { ...NONE };
  for (const { pack, tag, policy: name, severity, ...numbers } of counted) {
    const key = JSON.stringify([pack, tag]);
    const known = packs.get(key) ?? { name: pack, version: tag, required: isRequired(pack, tag), policies: [] };
    packs.set(key, known);
    const own = described.get(keyOf({ pack, tag, policy: name }));
    const policy: ReportedPolicy = {
      name,
      description: own?.description ?? "",
      severity: severity ?? own?.severity ?? "",
      ...NONE,
      ...numbers,
    };
    if (own && violationsOf(policy) > 0) Object.assign(policy, fixOf(own));
    known.policies.push(policy);
    for (const number of Object.keys(NONE) as (keyof Counts)[]) counts[number] += policy[number];
  }
  const { passed: _, ...listed } = counts;
  const all = Object.values(listed).reduce((sum, one) => sum + one, 0);
  return { counts, leftOut: Math.max(0, all - most), packs: [...packs.values()] };
}

const NONE: Counts = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };

function keyOf({ pack, tag, policy }: PolicyName): string {
  return JSON.stringify([pack, tag, policy]);
}

export type DescribedPolicy = PolicyName & { description: string };

export const policiesOf = (packs: readonly ReportedPack[]): DescribedPolicy[] =>
  packs.flatMap(({ name: pack, version: tag, policies }) =>
    policies.map(({ name: policy, description }) => ({ pack, tag, policy, description })),
  );

/** What policies said of a resource, without their descriptions. */
export function ownMessages(policies: readonly DescribedPolicy[]) {
  const descriptions = new Map(policies.map((policy) => [keyOf(policy), policy.description]));
  return (message: string, of: PolicyName): string => ownMessage(message, descriptions.get(keyOf(of)) ?? "");
}
