import { EXCEPTIONS_ENTRY } from "@quillon/contract/passed-exceptions";
import type { PolicyPackArgs, PolicyPackConfig } from "./definition.ts";
import { LEVELS } from "./levels.ts";
import {
  isResourcePolicy,
  isStackPolicy,
  type Policy,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "./policy.ts";
import { neverApplies } from "./resource-class.ts";
import { schemaProblems, valueProblems } from "./schema-check.ts";

const NAME = /^[a-zA-Z0-9-_.]{1,100}$/;
const NAME_RULE = "may only contain alphanumerics, hyphens, underscores, or periods, and 1 to 100 of them";

/**
 * What is wrong with a pack, one line each; none when it may start. The rules for names are the service's, the rest is
 * what would otherwise show up as a policy that silently never runs.
 */
export function packProblems(name: string, args: PolicyPackArgs, initialConfig: PolicyPackConfig = {}): string[] {
  if (!NAME.test(name)) return [`Invalid policy pack name "${name}". Policy pack names ${NAME_RULE}.`];
  if (!Array.isArray(args?.policies))
    return [`Policy pack "${name}" has no \`policies\`. Give it a list, even an empty one.`];
  const problems = args.policies.flatMap((policy, index) => policyProblems(policy, index));
  if (args.enforcementLevel) problems.push(...levelProblems(`the pack "${name}"`, args.enforcementLevel));
  problems.push(...repeatedNames(args.policies));
  return problems.length > 0 ? problems : configProblems(args.policies, initialConfig);
}

function policyProblems(policy: Policy, index: number): string[] {
  if (typeof policy !== "object" || policy === null) return [`Policy number ${index + 1} is not an object.`];
  const { name, enforcementLevel, configSchema } = policy;
  if (typeof name !== "string" || !NAME.test(name)) {
    return [`Invalid policy name "${name}" (number ${index + 1}). Policy names ${NAME_RULE}.`];
  }
  if (name === "all")
    return ['Invalid policy name "all". "all" is a reserved name: in configuration it means every policy.'];
  const problems: string[] = [];
  if (!isResourcePolicy(policy) && !isStackPolicy(policy)) {
    problems.push(
      `Policy "${name}" does nothing. Give it validateResource, remediateResource or validateStack, a function.`,
    );
  }
  for (const never of new Set(functionsOf(policy).map(neverApplies))) {
    if (never) problems.push(`Policy "${name}" would never apply: ${never}.`);
  }
  if (enforcementLevel) problems.push(...levelProblems(`the policy "${name}"`, enforcementLevel));
  if (configSchema !== undefined) {
    problems.push(
      ...schemaProblems(configSchema).map((problem) => `Policy "${name}" has a schema that is not valid: ${problem}`),
    );
    if (configSchema?.properties?.enforcementLevel !== undefined) {
      problems.push(`Policy "${name}": enforcementLevel cannot be explicitly specified in properties.`);
    }
    if (Array.isArray(configSchema?.required) && configSchema.required.includes("enforcementLevel")) {
      problems.push(`Policy "${name}": "enforcementLevel" cannot be specified in required.`);
    }
  }
  return problems;
}

function functionsOf(policy: Policy): object[] {
  const { validateResource, remediateResource, validateStack } = policy as Partial<
    ResourceValidationPolicy & StackValidationPolicy
  >;
  return [validateResource, remediateResource, validateStack].flat().filter((one) => typeof one === "function");
}

function levelProblems(whose: string, level: unknown): string[] {
  if (typeof level === "string" && Object.hasOwn(LEVELS, level)) return [];
  return [`Unknown enforcement level "${level}" of ${whose}. Use one of ${Object.keys(LEVELS).join(", ")}.`];
}

function repeatedNames(policies: Policy[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set(policies.map((policy) => policy?.name).filter((name) => seen.size === seen.add(name).size));
  return [...repeated].map(
    (name) => `Two policies are named "${name}". Configuration could not tell them apart; rename one.`,
  );
}

/** Required properties are not asked for: users may still set them. What is set here has to be right. */
function configProblems(policies: Policy[], config: PolicyPackConfig): string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (name === EXCEPTIONS_ENTRY) return [`A pack can't except its own violations: its configuration has "${name}".`];
    if (typeof value === "string") return levelProblems(`the policy "${name}" in the pack's configuration`, value);
    const { enforcementLevel, ...properties } = value;
    const problems = enforcementLevel
      ? levelProblems(`the policy "${name}" in the pack's configuration`, enforcementLevel)
      : [];
    if (name === "all" && Object.keys(properties).length > 0) {
      problems.push('In the pack\'s configuration "all" may set a level and nothing else.');
    }
    const schema = policies.find((policy) => policy.name === name)?.configSchema;
    for (const [property, propertySchema] of Object.entries(schema?.properties ?? {})) {
      if (properties[property] === undefined) continue;
      const found = valueProblems(propertySchema, properties[property], property);
      problems.push(...found.map((problem) => `Policy "${name}" is configured against its schema: ${problem}`));
    }
    return problems;
  });
}
