import { type EnforcementLevel, type PackState, type Policy, type PolicyPackConfig, valueProblems } from "../core.ts";

/** What the engine tells a policy: a level, and all its properties. */
export interface ResolvedConfig {
  level: EnforcementLevel;
  properties: Record<string, unknown>;
}

/**
 * Computes, as the engine does before it calls Configure, what each policy is told: the schema's defaults, over them the
 * pack's own configuration, over them what the user set. A level comes from the user's entry for the policy, else from
 * their `all`, else from the pack's entry, its `all`, the policy, the pack.
 *
 * @throws Error with all that fails a schema.
 */
export function resolveConfig(pack: PackState, input: PolicyPackConfig = {}): Map<string, ResolvedConfig> {
  const problems: string[] = [];
  const resolved = pack.policies.map((policy): [string, ResolvedConfig] => {
    const layers = [entry(pack.initialConfig, policy.name), entry(input, policy.name)] as const;
    const properties = { ...defaults(policy), ...layers[0].properties, ...layers[1].properties };
    problems.push(...propertyProblems(policy, properties));
    const level =
      layers[1].level ?? entry(input, "all").level ?? layers[0].level ?? entry(pack.initialConfig, "all").level;
    return [policy.name, { level: level ?? pack.defaultLevel(policy), properties }];
  });
  const known = new Set(["all", ...pack.policies.map((policy) => policy.name)]);
  const strangers = Object.keys(input).filter((name) => !known.has(name));
  problems.push(...strangers.map((name) => `There is no policy "${name}" to configure.`));
  if (problems.length > 0) throw new Error(`validating policy config: ${pack.name}:\n${problems.join("\n")}`);
  return new Map(resolved);
}

function entry(config: PolicyPackConfig, name: string) {
  const value = Object.hasOwn(config, name) ? config[name] : undefined;
  if (typeof value !== "object") return { level: value, properties: {} };
  const { enforcementLevel: level, ...properties } = value;
  return { level, properties };
}

function defaults({ configSchema }: Policy): Record<string, unknown> {
  const withDefault = Object.entries(configSchema?.properties ?? {}).filter(
    ([, schema]) => schema.default !== undefined,
  );
  return Object.fromEntries(withDefault.map(([name, schema]) => [name, schema.default]));
}

function propertyProblems({ name, configSchema }: Policy, properties: Record<string, unknown>): string[] {
  const missing = (configSchema?.required ?? []).filter((property) => properties[property] === undefined);
  const wrong = Object.entries(configSchema?.properties ?? {}).flatMap(([property, schema]) =>
    properties[property] === undefined ? [] : valueProblems(schema, properties[property], property),
  );
  return [...missing.map((property) => `${property} is required`), ...wrong].map((problem) => `${name}: ${problem}`);
}
