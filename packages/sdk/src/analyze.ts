import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AnalyzeRequest, AnalyzeResponseSchema, Call } from "@quillon/proto";
import { Subject } from "./args.ts";
import type { PackState } from "./definition.ts";
import type { EnforcementLevel } from "./levels.ts";
import { getPulumiType } from "./of-type.ts";
import { isResourcePolicy, type Policy, type ResourceValidationPolicy } from "./policy.ts";
import type { ResourceValidation } from "./resource.ts";
import { Run } from "./run.ts";

export type Verdict = MessageInitShape<typeof AnalyzeResponseSchema>;

/** Asks every resource policy about one resource, in order. Throws `RpcError` when one of them fails. */
export async function analyze(pack: PackState, request: AnalyzeRequest, call: Call): Promise<Verdict> {
  const run = new Run(pack, call, request.urn);
  const subject = new Subject(request);
  for (const policy of pack.policies) {
    const level = pack.level(policy);
    if (level === "disabled" || !isResourcePolicy(policy)) continue;
    if (!policy.validateResource) {
      run.skip(policy, "Policy does not implement validateResource");
      continue;
    }
    const reason = typeMismatch(policy.validateResource, request.type);
    if (reason) run.skip(policy, reason);
    else await validate(run, pack, policy, subject);
  }
  return { diagnostics: run.diagnostics, notApplicable: run.notApplicable };
}

async function validate(run: Run, pack: PackState, policy: ResourceValidationPolicy, subject: Subject): Promise<void> {
  const report = run.reporter(policy, effectiveLevel(pack, policy));
  for (const validation of [policy.validateResource ?? []].flat()) {
    await run.attempt(
      policy,
      "policy",
      () => validation(subject.args(pack, policy), report),
      (text) => run.undetermined(policy, text),
    );
  }
}

/** What violates a policy after its remediation is not let through: it counts as mandatory. */
export function effectiveLevel(pack: PackState, policy: Policy): EnforcementLevel {
  const level = pack.level(policy);
  return level === "remediate" ? "mandatory" : level;
}

/** Why a function made for one type need not be asked about another; `undefined` when it has to be. */
export function typeMismatch(check: ResourceValidation | ResourceValidation[] | object, type: string) {
  const wanted = Array.isArray(check) ? undefined : getPulumiType(check);
  return wanted && wanted !== type ? `Policy only applies to resources of type '${wanted}'` : undefined;
}
