import { type Schema, Validator } from "@cfworker/json-schema";
import { type AnalyzerInfo, decodeStruct, EnforcementLevel, type PolicyInfo } from "@quillon/proto";
import { AuditRefused } from "./audit-refused.ts";

interface Resolved {
  level: EnforcementLevel;
  properties: Record<string, unknown>;
}

/**
 * Computes the configuration of each policy as the engine does before it calls Configure. A property is what the user set; otherwise
 * what the pack's own configuration has; otherwise the schema's default. A level is the first of these that is set: the user's entry
 * for the policy, the user's `all`, the pack's entry for the policy, the pack's `all`, the policy's level.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/analyzer/config.go
 *
 * @throws AuditRefused that names everything that does not fit.
 */
export function resolveConfig(info: AnalyzerInfo, input: Record<string, unknown>): Map<string, Resolved> {
  const problems: string[] = [];
  const given = (name: string) => entryOf(Object.hasOwn(input, name) ? input[name] : undefined, name, problems);
  const own = (name: string) => {
    const entry = info.initialConfig[name];
    return { level: entry?.enforcementLevel, properties: entry?.properties ? decodeStruct(entry.properties) : {} };
  };
  const all = given("all").level ?? own("all").level;
  const resolved = info.policies.map((policy): [string, Resolved] => {
    const [theirs, packs] = [given(policy.name), own(policy.name)];
    const level = theirs.level ?? given("all").level ?? packs.level ?? all ?? policy.enforcementLevel;
    const properties = { ...defaultsOf(policy), ...packs.properties, ...theirs.properties };
    problems.push(...problemsOf(policy, properties));
    return [policy.name, { level, properties }];
  });
  const known = new Set(["all", ...info.policies.map(({ name }) => name)]);
  for (const name of Object.keys(input))
    if (!known.has(name)) problems.push(`There is no policy "${name}" to configure.`);
  if (problems.length > 0) throw new AuditRefused("config", [...new Set(problems)].join("\n"));
  return new Map(resolved);
}

const LEVELS: Partial<Record<string, EnforcementLevel>> = {
  advisory: EnforcementLevel.ADVISORY,
  mandatory: EnforcementLevel.MANDATORY,
  disabled: EnforcementLevel.DISABLED,
  remediate: EnforcementLevel.REMEDIATE,
};

function entryOf(entry: unknown, name: string, problems: string[]): Partial<Resolved> & Pick<Resolved, "properties"> {
  const { enforcementLevel, ...properties } = (
    typeof entry === "string" ? { enforcementLevel: entry } : (entry ?? {})
  ) as Record<string, unknown>;
  if (enforcementLevel === undefined) return { properties };
  const level = LEVELS[String(enforcementLevel)];
  if (level === undefined)
    problems.push(`${name}: the level can't be "${enforcementLevel}". Use one of ${Object.keys(LEVELS).join(", ")}.`);
  return level === undefined ? { properties } : { level, properties };
}

function schemasOf({ configSchema }: PolicyInfo): [string, Record<string, unknown>][] {
  return Object.entries(
    (configSchema?.properties ? decodeStruct(configSchema.properties) : {}) as Record<string, Record<string, unknown>>,
  );
}

function defaultsOf(policy: PolicyInfo): Record<string, unknown> {
  return Object.fromEntries(
    schemasOf(policy).flatMap(([name, schema]) => (schema.default === undefined ? [] : [[name, schema.default]])),
  );
}

function problemsOf(policy: PolicyInfo, properties: Record<string, unknown>): string[] {
  const missing = (policy.configSchema?.required ?? []).filter((name) => properties[name] === undefined);
  const wrong = schemasOf(policy).flatMap(([name, schema]) => {
    if (properties[name] === undefined) return [];
    const { errors } = new Validator(schema as Schema, "7", false).validate(properties[name]);
    return errors.slice(-1).map(({ error }) => `${name}: ${error}`);
  });
  return [...missing.map((name) => `${name} is required`), ...wrong].map((problem) => `${policy.name}: ${problem}`);
}
