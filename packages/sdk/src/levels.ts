import { PolicySeverity, EnforcementLevel as WireLevel } from "@quillon/proto";

/**
 * What a violation does.
 *
 * - `advisory`: it is shown, the update goes on.
 * - `mandatory`: it is shown, the update fails.
 * - `remediate`: `remediateResource` may repair the resource first; what is violated afterwards counts as mandatory.
 * - `disabled`: the policy does not run.
 */
export type EnforcementLevel = "advisory" | "mandatory" | "remediate" | "disabled";

/** How bad a violation is. It decides nothing; people sort by it. */
export type Severity = "low" | "medium" | "high" | "critical";

export const LEVELS: Record<EnforcementLevel, WireLevel> = {
  advisory: WireLevel.ADVISORY,
  mandatory: WireLevel.MANDATORY,
  disabled: WireLevel.DISABLED,
  remediate: WireLevel.REMEDIATE,
};

export const SEVERITIES: Record<Severity, PolicySeverity> = {
  low: PolicySeverity.LOW,
  medium: PolicySeverity.MEDIUM,
  high: PolicySeverity.HIGH,
  critical: PolicySeverity.CRITICAL,
};

/** @throws Error for an unknown level, because no compiler checks packs in JavaScript. */
export function toWireLevel(level: EnforcementLevel): WireLevel {
  if (Object.hasOwn(LEVELS, level)) return LEVELS[level];
  throw new Error(`Unknown enforcement level '${level}'. Use one of ${Object.keys(LEVELS).join(", ")}.`);
}

/** @throws Error for a number that the protocol has no level for. */
export function fromWireLevel(level: WireLevel): EnforcementLevel {
  const found = Object.entries(LEVELS).find(([, wire]) => wire === level);
  if (found) return found[0] as EnforcementLevel;
  throw new Error(`Unknown enforcement level ${level}.`);
}

/** An unknown severity is none: it decides nothing. */
export function toWireSeverity(severity: Severity | undefined): PolicySeverity {
  return severity && Object.hasOwn(SEVERITIES, severity) ? SEVERITIES[severity] : PolicySeverity.UNSPECIFIED;
}
