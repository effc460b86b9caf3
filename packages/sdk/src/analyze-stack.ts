import type { Call, WireResource } from "@quillon/proto";
import { type AnalyzeReply, effectiveLevel } from "./analyze.ts";
import { AnalyzedResource, Providers, type SharedProviders } from "./args.ts";
import type { PackState } from "./definition.ts";
import { inProgress, settle } from "./in-progress.ts";
import { isStackPolicy, type Policy } from "./policy.ts";
import { getPulumiType, mayApply, reasonFor } from "./resource-class.ts";
import { notApplicable, PolicyRun } from "./run.ts";
import { type KnowsSecrets, SecretTexts } from "./secrets/texts.ts";
import type { PolicyResource, StackValidationArgs } from "./stack.ts";

/**
 * Runs every stack policy on all resources, in order.
 *
 * @throws `RpcError` when a policy fails.
 */
export async function analyzeStack(pack: PackState, resources: WireResource[], call: Call): Promise<AnalyzeReply> {
  const stack = new Stack(resources);
  const run = new PolicyRun(pack, call, stack, (named) => stack.shownAt(named));
  const before = inProgress();
  for (const policy of pack.policies) {
    const level = pack.level(policy);
    if (level === "disabled" || !isStackPolicy(policy)) continue;
    if (getPulumiType(policy.validateStack) && !resources.some(({ type }) => mayApply(policy.validateStack, type))) {
      run.skip(policy, reasonFor(policy.validateStack));
      continue;
    }
    const report = run.reporter(policy, effectiveLevel(level));
    await run.attempt(
      policy,
      "policy",
      () => policy.validateStack(stackArgs(pack, policy, stack), report),
      (text) => run.undetermined(policy, text),
    );
  }
  // Nothing is asked after this, so a violation that comes later could fail nothing.
  if (resources.length > 0) await settle(before);
  return run.answer();
}

function stackArgs(pack: PackState, policy: Policy, stack: Stack): StackValidationArgs {
  return {
    resources: stack.present(),
    stackTags: pack.stackTags,
    getConfig: <T extends object>() => pack.properties(policy) as T,
    notApplicable,
  };
}

/** Where a resource refers to, as places in the list of all; absent where it refers to none. */
interface Links {
  parent: number | undefined;
  dependencies: number[] | undefined;
  byProperty: { property: string; dependencies: number[] }[] | undefined;
}

/** The resources of a request. Who refers to whom is looked up once; each policy gets resources of its own, tied alike. */
class Stack implements KnowsSecrets {
  readonly #resources: AnalyzedResource[];
  readonly #providers = new Providers();
  readonly #links: Links[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(messages: WireResource[]) {
    this.#resources = messages.map((message) => new AnalyzedResource(message, this.#providers));
    const places = new Map(messages.map(({ urn }, place) => [urn, place]));
    this.#places = places;
    const find = (urns: readonly string[]) => urns.map((urn) => places.get(urn) ?? -1).filter((place) => place >= 0);
    this.#links = messages.map(({ parent, dependencies, propertyDependencies }) => ({
      parent: places.get(parent),
      dependencies: dependencies.length > 0 ? find(dependencies) : undefined,
      byProperty:
        propertyDependencies.length > 0
          ? propertyDependencies
              .map(({ property, urns }) => ({ property, dependencies: find(urns) }))
              .sort((a, b) => (a.property < b.property ? -1 : 1))
          : undefined,
    }));
  }

  /**
   * The resource that the engine shows a violation at: the named one if it is in the stack, else the stack itself.
   *
   * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/deploy/analyze_snapshot.go
   */
  shownAt(named: string): string {
    if (this.#places.has(named)) return named;
    // All resources of a stack have its name and its project's in their URNs.
    const [first = ""] = this.#places.keys();
    const [, stack, project] = /^urn:pulumi:(.*?)::(.*?)::/.exec(first) ?? [];
    return `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  }

  secretTexts(): SecretTexts {
    const texts = new SecretTexts();
    for (const resource of this.#resources) resource.teach(texts);
    this.#providers.teach(texts);
    return texts;
  }

  /** For thousands of resources this is where the time goes: no more objects than what the policy gets. */
  present(): PolicyResource[] {
    const providers: SharedProviders = new Map();
    const resources = this.#resources.map((analyzed) => analyzed.resource(providers));
    const at = (place: number) => resources[place] as PolicyResource;
    for (let place = 0; place < resources.length; place++) {
      const resource = at(place);
      const { parent, dependencies, byProperty } = this.#links[place] as Links;
      if (parent !== undefined) resource.parent = at(parent);
      if (dependencies) resource.dependencies = dependencies.map(at);
      if (!byProperty) continue;
      for (const one of byProperty) resource.propertyDependencies[one.property] = one.dependencies.map(at);
    }
    return resources;
  }
}
