import type { EnforcementLevel, Severity } from "./levels.ts";

/**
 * A violation with more to say than a sentence. All of it is optional but something to read.
 *
 * @example
 * reportViolation({
 *   message: "Everybody can read this bucket.",
 *   path: "acl",
 *   suggestion: "Use `private`, and grant access by a bucket policy.",
 * });
 */
export interface Violation {
  /** What is wrong with this resource. Absent: the policy's description. */
  message?: string;

  /**
   * The property at fault, `tags.owner` or `rules[0].port`. It is shown below the message. Kept out of the message it
   * can be searched for, and the test kit can tell one violation from another by it.
   */
  path?: string;

  /** What to do about it. It is shown last. */
  suggestion?: string;

  /** The resource at fault; only a stack policy has a choice. */
  urn?: string;

  /** Speak for another policy of that name, as one check behind several policies does. */
  name?: string;

  /** Replaces the policy's description. */
  description?: string;

  /** Replaces the policy's level for this violation. With `disabled` it is not reported. */
  enforcementLevel?: EnforcementLevel;

  /** Replaces the policy's severity for this violation. */
  severity?: Severity;
}

/**
 * Reports that the policy is violated. Call it once per violation, or not at all. Secret strings of at least four
 * characters are replaced by `[secret]` in what it says, because violations are stored in plain text.
 *
 * Takes a message, and in a stack policy the URN of the resource at fault; a resource policy always speaks of its own
 * resource. Takes a `Violation` where a message is not enough. (It is written as a method so that a function of a
 * message alone may stand in for it, which is what code written for `@pulumi/policy` passes around.)
 *
 * @example
 * reportViolation("The bucket is public.");
 * reportViolation("The bucket is public.", bucket.urn);
 * reportViolation({ message: "The bucket is public.", path: "acl" });
 */
export type ReportViolation = {
  report(message: string | Violation, urn?: string): void;
}["report"];

/**
 * The text of a violation as the engine shows it: description, message, then path and suggestion on lines of their own.
 * The protocol has one text field, so this is how the two reach a user of any Pulumi version.
 */
export function violationText(description: string, violation: Violation): string {
  const lines = [violation.message || violation.description || description];
  if (violation.path) lines.push(`  at: ${violation.path}`);
  if (violation.suggestion) lines.push(`  fix: ${violation.suggestion}`);
  return lines.join("\n");
}
