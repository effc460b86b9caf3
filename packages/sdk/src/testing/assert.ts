import assert from "node:assert/strict";
import type { Repair, ReportedViolation, Verdict } from "./outcome.ts";

/**
 * Fails unless the policy is violated, and by a violation that fits.
 *
 * @throws AssertionError, which every test runner understands.
 *
 * @param expected A text or pattern in the message, or the parts of the violation that matter.
 * @example
 * assertViolated(verdict, "bucket-no-public-read");
 * assertViolated(verdict, "bucket-no-public-read", /everybody/);
 * assertViolated(verdict, "bucket-no-public-read", { level: "mandatory", path: "acl" });
 */
export function assertViolated(
  verdict: Verdict,
  policy: string,
  expected: string | RegExp | Partial<ReportedViolation> = {},
): void {
  const reported = verdict.violations.filter((violation) => violation.policy === policy);
  assert.ok(reported.length > 0, `The policy "${policy}" is not violated. ${explain(verdict, policy)}`);
  const fits = reported.some((violation) => matches(violation, expected));
  assert.ok(fits, `No violation of "${policy}" fits ${show(expected)}. It reported:\n${show(reported)}`);
}

/**
 * Fails unless the policy ran, and had nothing to report.
 *
 * @param policy Absent: every policy that ran.
 * @example
 * assertSatisfied(verdict, "bucket-no-public-read");
 */
export function assertSatisfied(verdict: Verdict, policy?: string): void {
  if (policy === undefined) {
    assert.deepEqual([...verdict.violations, ...verdict.undetermined], [], "Some policies are not satisfied.");
    return;
  }
  assert.ok(verdict.satisfied.includes(policy), `The policy "${policy}" is not satisfied. ${explain(verdict, policy)}`);
}

/**
 * Fails unless the policy met a value that is unknown before the update.
 *
 * @example
 * assertUndetermined(await pack.analyze({ ...bucket, props: { acl: unknown() } }), "bucket-no-public-read");
 */
export function assertUndetermined(verdict: Verdict | Repair, policy: string): void {
  const met = verdict.undetermined.some((one) => one.policy === policy);
  assert.ok(
    met,
    `The policy "${policy}" met no unknown value. It was undetermined for:\n${show(verdict.undetermined)}`,
  );
}

/**
 * Fails unless remediation ends with these inputs.
 *
 * @example
 * assertRemediated(await pack.remediate(bucket), { acl: "private" });
 */
export function assertRemediated(repair: Repair, props: Record<string, any>): void {
  assert.ok(repair.remediations.length > 0, `Nothing was remediated. ${show(repair.undetermined)}`);
  assert.deepEqual(repair.props, props);
}

function matches(violation: ReportedViolation, expected: string | RegExp | Partial<ReportedViolation>): boolean {
  if (typeof expected === "string") return violation.message.includes(expected);
  if (expected instanceof RegExp) return expected.test(violation.message);
  return Object.entries(expected).every(([key, value]) => violation[key as keyof ReportedViolation] === value);
}

function explain(verdict: Verdict, policy: string): string {
  const violation = verdict.violations.find((one) => one.policy === policy);
  if (violation) return `It reported: ${violation.message}`;
  const undetermined = verdict.undetermined.find((one) => one.policy === policy);
  if (undetermined) return `It met an unknown: ${undetermined.reason}`;
  const skipped = verdict.notApplicable.find((one) => one.policy === policy);
  if (skipped) return `It does not apply: ${skipped.reason}`;
  return verdict.satisfied.includes(policy)
    ? "It is satisfied."
    : "It did not run: is it disabled, or named otherwise?";
}

const show = (value: unknown) => (value instanceof RegExp ? String(value) : JSON.stringify(value, null, 2));
