import type { MessageInitShape } from "@bufbuild/protobuf";
import { type AnalyzerInfoSchema, encodeStruct, type PolicyInfoSchema, PolicyType } from "@quillon/proto";
import type { PackState, PolicyPackConfig } from "./definition.ts";
import { toWireLevel, toWireSeverity } from "./levels.ts";
import { isResourcePolicy, isStackPolicy, type Policy } from "./policy.ts";

/** What the engine, and through it the service, learns about the pack. */
export function describePack(pack: PackState): MessageInitShape<typeof AnalyzerInfoSchema> {
  const { displayName, description, readme, provider, tags, repository } = pack.args;
  return {
    name: pack.name,
    version: pack.version,
    // Without it the engine would refuse any configuration, that of the level included.
    supportsConfig: true,
    policies: pack.policies.map((policy) => describePolicy(pack, policy)),
    initialConfig: describeConfig(pack.initialConfig),
    ...given({ displayName, description, readme, provider, tags, repository }),
  };
}

function describePolicy(pack: PackState, policy: Policy): MessageInitShape<typeof PolicyInfoSchema> {
  const { name, description, displayName, framework, tags, remediationSteps, url, configSchema } = policy;
  return {
    name,
    enforcementLevel: toWireLevel(pack.defaultLevel(policy)),
    policyType: policyType(policy),
    severity: toWireSeverity(policy.severity),
    ...given({ description, displayName, tags, remediationSteps, url }),
    ...(framework && { framework: given(framework) }),
    ...(configSchema && {
      configSchema: { properties: encodeStruct(configSchema.properties), required: configSchema.required ?? [] },
    }),
  };
}

function policyType(policy: Policy): PolicyType {
  if (isResourcePolicy(policy)) return PolicyType.RESOURCE;
  return isStackPolicy(policy) ? PolicyType.STACK : PolicyType.UNKNOWN;
}

function describeConfig(config: PolicyPackConfig) {
  const entries = Object.entries(config).flatMap(([name, value]) => {
    const { enforcementLevel, ...properties } = typeof value === "string" ? { enforcementLevel: value } : value;
    const hasProperties = Object.keys(properties).length > 0;
    if (!enforcementLevel && !hasProperties) return [];
    return [
      [
        name,
        {
          ...(enforcementLevel && { enforcementLevel: toWireLevel(enforcementLevel) }),
          ...(hasProperties && { properties: encodeStruct(properties) }),
        },
      ] as const,
    ];
  });
  return Object.fromEntries(entries);
}

/** The fields that are set: a message has no place for `undefined`. */
function given<T extends object>(fields: T): { [K in keyof T]-?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value)) as never;
}
