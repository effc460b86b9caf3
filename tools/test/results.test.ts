import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Results } from "./results.ts";

const report = (passed: number, failed: number, ...statuses: string[]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: [{ assertionResults: statuses.map((status) => ({ status, fullName: "a test" })) }],
});

test.each([
  ["everything passes", report(2, 0, "passed", "passed"), true, [2, 0, 0]],
  ["tests fail", report(1, 2, "passed", "failed", "failed"), false, [1, 2, 0]],
  ["tests are skipped", report(1, 0, "passed", "pending", "skipped"), true, [1, 0, 2]],
  ["a file could not be loaded: no test failed, and Vitest did", report(1, 0, "passed"), false, [1, 1, 0]],
  ["Vitest wrote no report and failed", undefined, false, [0, 1, 0]],
  ["Vitest wrote no report and ended well", undefined, true, [0, 1, 0]],
])("%s", (_, written, endedWell, [passed, failed, skipped]) => {
  const dir = mkdtempSync(join(tmpdir(), "quillon-results-"));
  const path = join(dir, "report.json");
  if (written) writeFileSync(path, JSON.stringify(written));
  const results = new Results();
  results.addReport(path, endedWell);
  rmSync(dir, { recursive: true });
  expect([results.passed, results.failed, results.skipped.length]).toEqual([passed, failed, skipped]);
});
