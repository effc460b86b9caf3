import type * as generated from "../gen/pulumi/analyzer_pb.js";

// The numbers of the protocol. The generated ones are made of the descriptions of all messages, which a pack that audits a state does
// not need, and which take 10 ms.

export type EnforcementLevel = generated.EnforcementLevel;
export const EnforcementLevel = enumOf<typeof generated.EnforcementLevel>(
  "ADVISORY",
  "MANDATORY",
  "DISABLED",
  "REMEDIATE",
);

export type PolicyType = generated.PolicyType;
export const PolicyType = enumOf<typeof generated.PolicyType>("UNKNOWN", "RESOURCE", "STACK");

export type PolicySeverity = generated.PolicySeverity;
export const PolicySeverity = enumOf<typeof generated.PolicySeverity>(
  "UNSPECIFIED",
  "LOW",
  "MEDIUM",
  "HIGH",
  "CRITICAL",
);

/** @returns what TypeScript makes of an enum whose first name is 0. */
function enumOf<Enum>(...names: (keyof Enum & string)[]): Enum {
  return Object.fromEntries(
    names.flatMap((name, number) => [
      [name, number],
      [number, name],
    ]),
  ) as Enum;
}
