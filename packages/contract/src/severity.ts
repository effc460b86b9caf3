/** The severities that Pulumi knows, the least first. A policy may have another word or none, which is below all of them. */
export const severities = ["low", "medium", "high", "critical"] as const;

export type Severity = (typeof severities)[number];

/** 1 for `low` to 4 for `critical`, or 0. */
export function rankOfSeverity(severity: string | null): number {
  return (severities as readonly (string | null)[]).indexOf(severity) + 1;
}
