import assert from "node:assert/strict";
import type { Repair, ReportedViolation, Verdict } from "./outcome.ts";

/**
 * Fails unless the policy reported a violation that fits.
 *
 * @throws AssertionError, which every test runner shows as a failed test.
 *
 * @param expected A text or pattern that the message must contain, or fields that the violation must have.
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
 * Fails unless the policy ran and reported nothing.
 *
 * @param policy Without it, every policy that ran must have reported nothing.
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
 * Fails unless the policy read a value that is unknown before the update.
 *
 * @example
 * assertUndetermined(await pack.analyze({ ...bucket, props: { acl: unknown() } }), "bucket-no-public-read");
 */
export function assertUndetermined(verdict: Verdict | Repair, policy: string): void {
  const met = verdict.undetermined.some((one) => one.policy === policy);
  assert.ok(met, `The policy "${policy}" read no unknown value. These policies did:\n${show(verdict.undetermined)}`);
}

/**
 * Fails unless a policy remediated the resource, and its inputs are then equal to `props`.
 *
 * @example
 * assertRemediated(await pack.remediate(bucket), { acl: "private" });
 */
export function assertRemediated(repair: Repair, props: Record<string, any>): void {
  assert.ok(repair.remediations.length > 0, `No policy remediated the resource. ${show(repair.undetermined)}`);
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
  if (undetermined) return `It read an unknown value: ${undetermined.reason}`;
  const skipped = verdict.notApplicable.find((one) => one.policy === policy);
  if (skipped) return `It does not apply: ${skipped.reason}`;
  return verdict.satisfied.includes(policy)
    ? "It is satisfied."
    : "It did not run. Is it disabled, or does it have another name?";
}

const show = (value: unknown) => (value instanceof RegExp ? String(value) : JSON.stringify(value, null, 2));
