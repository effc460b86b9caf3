import type { PackState, PolicyPackConfig } from "./definition.ts";
import type { EnforcementLevel } from "./levels.ts";
import type { Policy } from "./policy.ts";
import { valueProblems } from "./schema-check.ts";

/** The configuration that the engine sends for a policy: its level, and all of its properties. */
export interface ResolvedConfig {
  level: EnforcementLevel;
  properties: Record<string, unknown>;
}

/**
 * Computes the configuration of each policy as the engine does before it calls Configure. A property is what the user set; otherwise
 * what the pack's own configuration has; otherwise the schema's default. A level is the first of these that is set: the user's entry
 * for the policy, the user's `all`, the pack's entry for the policy, the pack's `all`, the policy's level, the pack's level.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/analyzer/config.go
 *
 * @throws Error that names everything that does not fit a schema.
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
  const unknownNames = Object.keys(input).filter((name) => !known.has(name));
  problems.push(...unknownNames.map((name) => `There is no policy "${name}" to configure.`));
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
