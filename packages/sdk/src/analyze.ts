import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AnalyzeResponseSchema, Call, WireResource } from "@quillon/proto";
import { AnalyzedResource } from "./args.ts";
import type { PackState } from "./definition.ts";
import type { EnforcementLevel } from "./levels.ts";
import { isResourcePolicy } from "./policy.ts";
import type { ResourceValidation } from "./resource.ts";
import { getPulumiType, mayApply, reasonFor } from "./resource-class.ts";
import { PolicyRun } from "./run.ts";

export type AnalyzeReply = MessageInitShape<typeof AnalyzeResponseSchema>;

/**
 * Runs every resource policy on one resource, in order.
 *
 * @throws `RpcError` when a policy fails.
 */
export async function analyze(pack: PackState, resource: WireResource, call: Call): Promise<AnalyzeReply> {
  const analyzed = new AnalyzedResource(resource);
  const run = new PolicyRun(pack, call, analyzed, resource.urn);
  for (const policy of pack.policies) {
    const level = pack.level(policy);
    if (level === "disabled" || !isResourcePolicy(policy)) continue;
    if (!policy.validateResource) {
      run.skip(policy, "Policy does not implement validateResource");
      continue;
    }
    const reason = typeMismatch(policy.validateResource, resource.type);
    if (reason) {
      run.skip(policy, reason);
      continue;
    }
    const report = run.reporter(policy, effectiveLevel(level));
    const undetermined = (text: string) => run.undetermined(policy, text);
    for (const validation of allOf(policy.validateResource)) {
      const pending = run.attempt(
        policy,
        "policy",
        () => validation(analyzed.args(pack, policy), report),
        undetermined,
      );
      if (pending !== undefined) await pending;
    }
  }
  return run.answer();
}

function allOf<Item>(oneOrMany: Item | Item[]): Item[] {
  return Array.isArray(oneOrMany) ? oneOrMany : [oneOrMany];
}

/** A violation that remains after remediation is mandatory. */
export function effectiveLevel(level: EnforcementLevel): EnforcementLevel {
  return level === "remediate" ? "mandatory" : level;
}

/** By function and type, what `typeMismatch` found: thousands of resources are of few types. */
const mismatches = new WeakMap<object, Map<string, string | undefined>>();

/** @returns Why a function for one type need not run on another type; `undefined` when it must run. */
export function typeMismatch(check: ResourceValidation | ResourceValidation[] | object, type: string) {
  if (Array.isArray(check)) return undefined;
  const wanted = getPulumiType(check);
  if (!wanted || wanted === type) return undefined;
  let known = mismatches.get(check);
  if (!known) {
    known = new Map();
    mismatches.set(check, known);
  }
  if (!known.has(type)) known.set(type, mayApply(check, type) ? undefined : reasonFor(check));
  return known.get(type);
}
