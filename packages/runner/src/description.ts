import type { Api, BodyOf } from "@quillon/contract";
import {
  type AnalyzerInfo,
  decodeStruct,
  EnforcementLevel,
  type PolicyConfig,
  type PolicyInfo,
  PolicySeverity,
} from "@quillon/proto";

/** What a pack is published with. */
export type Description = BodyOf<Api["POST /api/orgs/{orgName}/policypacks"]>;
type DescribedPolicy = Description["policies"][number];

/** What a pack says of itself, as the Pulumi CLI writes it when it publishes one. */
export function descriptionOf(info: AnalyzerInfo): Description {
  const { name, displayName, version, description, readme, provider, tags, repository } = info;
  return {
    name,
    displayName,
    versionTag: version,
    policies: info.policies.map(describePolicy),
    ...filled({ description, readme, provider, tags, repository }),
  };
}

/** How the pack configures its policies by itself. */
export function initialConfigOf({ initialConfig }: AnalyzerInfo): Record<string, unknown> {
  const read = ({ enforcementLevel, properties }: PolicyConfig) => ({
    enforcementLevel: EnforcementLevel[enforcementLevel],
    properties: properties && decodeStruct(properties),
  });
  return Object.fromEntries(Object.entries(initialConfig).map(([name, config]) => [name, read(config)]));
}

function describePolicy(policy: PolicyInfo): DescribedPolicy {
  const { name, displayName, description, message, configSchema, framework, tags, remediationSteps, url } = policy;
  return {
    name,
    displayName,
    description,
    enforcementLevel: EnforcementLevel[
      policy.enforcementLevel
    ].toLowerCase() as DescribedPolicy["enforcementLevel"] & {},
    message,
    ...(configSchema && {
      configSchema: {
        type: "object",
        properties: configSchema.properties ? decodeStruct(configSchema.properties) : {},
        required: configSchema.required,
      },
    }),
    ...filled({ severity: severityOf(policy), tags, remediationSteps, url }),
    ...(framework && {
      framework: filled({
        name: framework.name,
        version: framework.version,
        reference: framework.reference,
        specification: framework.specification,
      }),
    }),
  };
}

function severityOf({ severity }: PolicyInfo): string {
  return severity === PolicySeverity.UNSPECIFIED ? "" : PolicySeverity[severity].toLowerCase();
}

/** Without what is empty. */
function filled<T extends object>(all: T): Partial<T> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value.length > 0)) as Partial<T>;
}
