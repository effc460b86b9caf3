import type { AnalyzerResource, AnalyzeStackRequest, Call } from "@quillon/proto";
import { effectiveLevel, type Verdict } from "./analyze.ts";
import { Subject } from "./args.ts";
import type { PackState } from "./definition.ts";
import { getPulumiType, reasonFor } from "./of-type.ts";
import { isStackPolicy, type Policy } from "./policy.ts";
import { notApplicable, Run } from "./run.ts";
import type { PolicyResource, StackValidationArgs } from "./stack.ts";

/** Asks every stack policy about all resources, in order. Throws `RpcError` when one of them fails. */
export async function analyzeStack(pack: PackState, request: AnalyzeStackRequest, call: Call): Promise<Verdict> {
  const run = new Run(pack, call);
  const subjects = request.resources.map((resource) => new Subject(resource));
  for (const policy of pack.policies) {
    if (pack.level(policy) === "disabled" || !isStackPolicy(policy)) continue;
    const type = getPulumiType(policy.validateStack);
    if (type && !request.resources.some((resource) => resource.type === type)) {
      run.skip(policy, reasonFor(policy.validateStack));
      continue;
    }
    const report = run.reporter(policy, effectiveLevel(pack, policy));
    await run.attempt(
      policy,
      "policy",
      () => policy.validateStack(stackArgs(pack, policy, subjects), report),
      (text) => run.undetermined(policy, text),
    );
  }
  return { diagnostics: run.diagnostics, notApplicable: run.notApplicable };
}

function stackArgs(pack: PackState, policy: Policy, subjects: Subject[]): StackValidationArgs {
  return {
    resources: presentAll(subjects),
    stackTags: pack.stackTags,
    getConfig: <T extends object>() => pack.properties(policy) as T,
    notApplicable,
  };
}

/** The resources as one policy sees them, tied together where they refer to each other. */
function presentAll(subjects: Subject[]): PolicyResource[] {
  const byUrn = new Map<string, PolicyResource>();
  const resources = subjects.map((subject) => {
    const resource = subject.resource();
    byUrn.set(resource.urn, resource);
    return resource;
  });
  const find = (urns: string[]) => urns.map((urn) => byUrn.get(urn)).filter((found) => found !== undefined);
  for (const [index, resource] of resources.entries()) {
    const message = (subjects[index] as Subject).message as AnalyzerResource;
    const parent = byUrn.get(message.parent);
    if (parent) resource.parent = parent;
    resource.dependencies = find(message.dependencies);
    for (const property of Object.keys(message.propertyDependencies).sort()) {
      resource.propertyDependencies[property] = find(message.propertyDependencies[property]?.urns ?? []);
    }
  }
  return resources;
}
