import type { AnalyzerResource, AnalyzeStackRequest, Call } from "@quillon/proto";
import { effectiveLevel, type Verdict } from "./analyze.ts";
import { Providers, type SharedProviders, Subject } from "./args.ts";
import type { PackState } from "./definition.ts";
import { getPulumiType, reasonFor } from "./of-type.ts";
import { isStackPolicy, type Policy } from "./policy.ts";
import { notApplicable, Run } from "./run.ts";
import type { PolicyResource, StackValidationArgs } from "./stack.ts";

/** Asks every stack policy about all resources, in order. Throws `RpcError` when one of them fails. */
export async function analyzeStack(pack: PackState, request: AnalyzeStackRequest, call: Call): Promise<Verdict> {
  const run = new Run(pack, call);
  const stack = new Stack(request.resources);
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
      () => policy.validateStack(stackArgs(pack, policy, stack), report),
      (text) => run.undetermined(policy, text),
    );
  }
  return { diagnostics: run.diagnostics, notApplicable: run.notApplicable };
}

function stackArgs(pack: PackState, policy: Policy, stack: Stack): StackValidationArgs {
  return {
    resources: stack.present(),
    stackTags: pack.stackTags,
    getConfig: <T extends object>() => pack.properties(policy) as T,
    notApplicable,
  };
}

/** Where a resource refers to, as places in the list of all. */
interface Links {
  parent: number | undefined;
  dependencies: number[];
  byProperty: [property: string, dependencies: number[]][];
}

/** The resources of a request. Who refers to whom is looked up once; each policy gets resources of its own, tied alike. */
class Stack {
  readonly #subjects: Subject[];
  readonly #links: Links[];

  constructor(messages: AnalyzerResource[]) {
    const providers = new Providers();
    this.#subjects = messages.map((message) => new Subject(message, providers));
    const places = new Map(messages.map(({ urn }, place) => [urn, place]));
    const find = (urns: string[]) => urns.map((urn) => places.get(urn)).filter((place) => place !== undefined);
    this.#links = messages.map(({ parent, dependencies, propertyDependencies }) => ({
      parent: places.get(parent),
      dependencies: find(dependencies),
      byProperty: Object.keys(propertyDependencies)
        .sort()
        .map((property) => [property, find(propertyDependencies[property]?.urns ?? [])]),
    }));
  }

  present(): PolicyResource[] {
    const providers: SharedProviders = new Map();
    const resources = this.#subjects.map((subject) => subject.resource(providers));
    const at = (place: number) => resources[place] as PolicyResource;
    for (const [place, { parent, dependencies, byProperty }] of this.#links.entries()) {
      const resource = at(place);
      if (parent !== undefined) resource.parent = at(parent);
      if (dependencies.length > 0) resource.dependencies = dependencies.map(at);
      for (const [property, places] of byProperty) resource.propertyDependencies[property] = places.map(at);
    }
    return resources;
  }
}
