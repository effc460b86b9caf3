import type { Api, ReplyOf } from "@quillon/contract";

export type Counted = ReplyOf<
  Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/counts"]
>;
export type Result = ReplyOf<
  Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/list"]
>["results"][number];
type Pack = Counted["packs"][number];
type Policy = Pack["policies"][number];

export interface PolicyGroup {
  policy: Policy;
  /** Those that were read: the worst. */
  results: Result[];
  /** How many there are. */
  total: number;
}

export interface PackGroup {
  pack: Pack;
  /** Those that found something, the worst first. */
  found: PolicyGroup[];
  /** Those that only passed. */
  passed: Policy[];
}

const keyOf = (...names: string[]) => JSON.stringify(names);

/** How bad it is, to be compared. */
function weightOf({ mandatory, advisory, excepted, remediated, notEvaluated }: Policy): number[] {
  return [mandatory, advisory, remediated, excepted, notEvaluated];
}

/** The larger first, by the first number that differs. */
function byWeight(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at === -1 ? 0 : (other[at] ?? 0) - (one[at] ?? 0);
}

/** What each policy of each pack found, the worst first. @param results as far as they were read: the worst. */
export function byPolicy(
  { packs, update }: Pick<Counted, "packs" | "update">,
  results: readonly Result[],
): PackGroup[] {
  const found = new Map<string, Result[]>();
  for (const result of results) {
    const key = keyOf(result.pack, result.version, result.policy);
    const others = found.get(key);
    if (others) others.push(result);
    else found.set(key, [result]);
  }
  const groups = packs.map((pack): PackGroup => {
    const hasFound = (policy: Policy) => weightOf(policy).some((count) => count > 0);
    return {
      pack,
      found: pack.policies
        .filter(hasFound)
        .map((policy) => ({
          policy,
          results: found.get(keyOf(pack.name, pack.version, policy.name)) ?? [],
          // Of a compacted run a policy has one result for each way in which it ended.
          total: weightOf(policy).reduce((sum, count) => sum + (update?.compactedAt ? Math.min(count, 1) : count), 0),
        }))
        .toSorted((one, other) => byWeight(weightOf(one.policy), weightOf(other.policy))),
      passed: pack.policies.filter((policy) => !hasFound(policy)),
    };
  });
  const worstOf = ({ found: [first] }: PackGroup) => (first ? weightOf(first.policy) : [0, 0, 0, 0, 0]);
  return groups.toSorted((one, other) => byWeight(worstOf(one), worstOf(other)));
}

/** What was found of each resource, in the order of the results: the worst first. */
export function byResource(results: readonly Result[]): { urn: string; results: Result[] }[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const others = groups.get(result.urn);
    if (others) others.push(result);
    else groups.set(result.urn, [result]);
  }
  return [...groups].map(([urn, results]) => ({ urn, results }));
}

/** The policy of a result, as its pack describes it. */
export function policyIn(packs: readonly Pack[], { pack, version, policy }: Result): Policy | undefined {
  return packs
    .find((one) => one.name === pack && one.version === version)
    ?.policies.find(({ name }) => name === policy);
}
