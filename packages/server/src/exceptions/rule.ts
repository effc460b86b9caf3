import { newError, rankOfSeverity, type Severity } from "@quillon/contract";

/** What an organization allows. */
export interface ExceptionRules {
  /** Somebody else than its author must agree to each exception. */
  approval: boolean;
  /** An exception lasts no longer, so it has an end. Null for as long as there is a number for. */
  longestHours: number | null;
  endRequired: boolean;
  /** No exception from policies of this severity or a worse one. */
  forbiddenFrom: Severity | null;
}

/** As far as the rules ask. */
export interface RuledWish {
  seconds: number | undefined;
  /** The policies that it names, with their severities in all versions. */
  policies: readonly { name: string; severities: readonly string[] }[];
}

/** @throws exception_refused */
export function checkRules(rules: ExceptionRules, { seconds, policies }: RuledWish): void {
  const { longestHours, endRequired, forbiddenFrom } = rules;
  if (seconds === undefined && (endRequired || longestHours !== null))
    throw newError("exception_refused", { problem: "endless", hours: longestHours });
  if (seconds !== undefined && longestHours !== null && seconds > longestHours * 3600)
    throw newError("exception_refused", { problem: "too_long", hours: longestHours, wanted: seconds / 3600 });
  const severe =
    forbiddenFrom &&
    policies.find(({ severities }) => severities.some((one) => rankOfSeverity(one) >= rankOfSeverity(forbiddenFrom)));
  if (severe)
    throw newError("exception_refused", { problem: "severity", policy: severe.name, forbidden: forbiddenFrom ?? "" });
}
