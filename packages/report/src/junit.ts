import type { ReportedPack, ReportedPolicy, ReportedResult, ReportHead } from "@quillon/contract";
import { resourceOf } from "./resource-of.ts";
import {
  count,
  howToFix,
  isAccepted,
  isExcepted,
  reasonOf,
  subjectOf,
  unknownBecause,
  violationsOf,
  type Writer,
  wholeOf,
} from "./writer.ts";

/**
 * A suite for each version of a pack. Of a policy that is violated each violation is a test that fails, so that a pipeline's
 * page lists the resources; of one that is not, the policy is one test. The file's counts have what was left out, too.
 */
export const junit: Writer = {
  contentType: "application/xml; charset=utf-8",
  order: "policy",
  async *write(head, results) {
    const because = unknownBecause(head);
    const packs = new Map(head.packs.map((pack) => [nameOf(pack.name, pack.version), pack]));
    yield `<?xml version="1.0" encoding="UTF-8"?>\n${tag("testsuites", {
      name: `quillon ${subjectOf(head)}`,
      ...sum([...packs.values()].map(testsOf)),
    })}\n`;
    let open: string | undefined;
    for await (const result of results) {
      if (result.kind !== "violated") continue;
      const name = nameOf(result.pack, result.version);
      if (name !== open) {
        if (open !== undefined) yield endOf(packs, open, because);
        open = name;
        yield startOf(name, packs.get(name));
      }
      yield violation(result, head, linesOfFix(packs.get(name), result));
    }
    if (open !== undefined) yield endOf(packs, open, because);
    for (const [name, pack] of packs) yield startOf(name, pack) + endOf(packs, name, because);
    yield "</testsuites>\n";
  },
};

const nameOf = (pack: string, version: string) => (version ? `${pack}@${version}` : pack);

const startOf = (name: string, pack: ReportedPack | undefined) => `${tag("testsuite", { name, ...testsOf(pack) })}\n`;

/** The policies that nothing violates, and the end of the suite, which is written then. */
function endOf(packs: Map<string, ReportedPack>, name: string, because: string): string {
  const pack = packs.get(name);
  packs.delete(name);
  const others = (pack?.policies ?? []).filter((policy) => violationsOf(policy) === 0);
  const tests = others.map((policy) => withoutViolation(pack?.name ?? "", policy, because));
  return `${pack?.failure === undefined ? "" : brokenPack(pack.name, pack.failure)}${tests.join("")}</testsuite>\n`;
}

/** That the pack itself runs is a test, when it does not. */
function brokenPack(pack: string, failure: string): string {
  const [firstLine = ""] = failure.split("\n");
  const start = tag("testcase", { classname: pack, name: "the policy pack runs" });
  return `${start}${tag("error", { message: firstLine, type: "policy pack" })}${text(failure)}</error></testcase>\n`;
}

const linesOfFix = (pack: ReportedPack | undefined, { policy }: ReportedResult) =>
  howToFix(pack?.policies.find(({ name }) => name === policy) ?? {});

function violation(result: ReportedResult, head: ReportHead, fix: readonly string[]): string {
  const { pack, policy, level, severity, urn, message } = result;
  const { resourceType, resourceName } = resourceOf(urn);
  const resource = urn ? ` ${resourceType} ${resourceName}` : "";
  const start = tag("testcase", {
    classname: `${pack}.${policy}`,
    name: `${policy}:${resource || ` ${wholeOf(head)}`}`,
  });
  const [firstLine = ""] = message.split("\n");
  const why = [message, `[${[level, severity].filter(Boolean).join(", ")}] ${urn}`, ...fix].filter(Boolean).join("\n");
  const outcome =
    isAccepted(result) || isExcepted(result)
      ? `<skipped${attributes({ message: [statusOf(result), reasonOf(result)].filter(Boolean).join(": ") })}/>`
      : `${tag("failure", { message: firstLine || `${policy} is violated`, type: level || "violation" })}${text(why)}</failure>`;
  return `${start}${outcome}</testcase>\n`;
}

function withoutViolation(
  pack: string,
  { name, passed, remediated, notEvaluated }: ReportedPolicy,
  because: string,
): string {
  const start = tag("testcase", { classname: `${pack}.${name}`, name });
  const unknown = `${count(notEvaluated, "resource")} not evaluated, because ${because}`;
  const outcome = passed + remediated === 0 ? `<skipped${attributes({ message: unknown })}/>` : "";
  return `${start}${outcome}</testcase>\n`;
}

const statusOf = (result: ReportedResult) => (isExcepted(result) ? "excepted" : result.finding?.status);

function testsOf(pack: ReportedPack | undefined) {
  const broken = pack?.failure === undefined ? [] : [{ tests: 1, failures: 0, errors: 1, skipped: 0 }];
  return sum([
    ...broken,
    ...(pack?.policies ?? []).map((policy) => ({
      tests: violationsOf(policy) || 1,
      failures: policy.mandatory + policy.advisory,
      errors: 0,
      skipped:
        policy.accepted + policy.excepted || Number(violationsOf(policy) + policy.passed + policy.remediated === 0),
    })),
  ]);
}

function sum(counts: { tests: number; failures: number; errors: number; skipped: number }[]) {
  const total = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  for (const one of counts) {
    total.tests += one.tests;
    total.failures += one.failures;
    total.errors += one.errors;
    total.skipped += one.skipped;
  }
  return total;
}

const tag = (name: string, given: Record<string, string | number>) => `<${name}${attributes(given)}>`;

function attributes(given: Record<string, string | number>): string {
  return Object.entries(given)
    .map(([name, value]) => ` ${name}="${text(String(value)).replace(/[\t\n]/g, reference)}"`)
    .join("");
}

const reference = (character: string) => `&#${character.codePointAt(0)};`;

/** What XML 1.0 can't have becomes U+FFFD: https://www.w3.org/TR/xml/#charsets */
function text(value: string): string {
  return value
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replace(/[&<>"'\r]/g, reference);
}
