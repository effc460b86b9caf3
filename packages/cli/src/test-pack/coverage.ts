import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonOption, printTable } from "../output.ts";

/** How often a policy had each result while tests ran. */
export interface PolicyCoverage {
  policy: string;
  violated: number;
  satisfied: number;
  undetermined: number;
  notApplicable: number;
}

/** What `@quillon/policy/testing` writes for each pack that a test has loaded. */
interface Written {
  policies: Record<string, Omit<PolicyCoverage, "policy">>;
}

/** Adds up what test processes have written to a folder. */
export function readCoverage(folder: string): PolicyCoverage[] {
  const written = readdirSync(folder).map((name): Written => JSON.parse(readFileSync(join(folder, name), "utf8")));
  return addUp(written);
}

/** A policy that several tests have loaded is there once. */
export function addUp(written: readonly Written[]): PolicyCoverage[] {
  const sums = new Map<string, PolicyCoverage>();
  for (const [policy, counts] of written.flatMap(({ policies }) => Object.entries(policies))) {
    const sum = sums.get(policy) ?? { policy, violated: 0, satisfied: 0, undetermined: 0, notApplicable: 0 };
    sum.violated += counts.violated;
    sum.satisfied += counts.satisfied;
    sum.undetermined += counts.undetermined;
    sum.notApplicable += counts.notApplicable;
    sums.set(policy, sum);
  }
  return [...sums.values()].sort((a, b) => (a.policy < b.policy ? -1 : 1));
}

/** What no test shows, as sentences. */
export function missingOf(coverage: readonly PolicyCoverage[]): string[] {
  const without = (what: "violated" | "satisfied", result: string) => {
    const names = coverage.filter((one) => one[what] === 0).map(({ policy }) => policy);
    return names.length > 0 ? [`No test shows ${result} of ${names.join(", ")}.`] : [];
  };
  return [
    ...without("violated", "a violation"),
    ...without("satisfied", "a resource or a stack that keeps to the rule"),
  ];
}

/** Prints how often each policy had each result. */
export function printCoverage(options: JsonOption, coverage: readonly PolicyCoverage[]): void {
  const headings = ["Policy", "Violated", "Satisfied", "Not known", "Not applicable"];
  printTable(options, coverage, headings, ({ policy, ...counts }) => [
    policy,
    ...[counts.violated, counts.satisfied, counts.undetermined, counts.notApplicable].map(String),
  ]);
}
