import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Results } from "./results.ts";

const report = (passed: number, failed: number, ...statuses: string[]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: [
    {
      name: "a.test.ts",
      message: "",
      assertionResults: statuses.map((status) => ({ status, fullName: "a test", failureMessages: ["what it said"] })),
    },
  ],
});

function read(written: unknown, endedWell: boolean): Results {
  const dir = mkdtempSync(join(tmpdir(), "quillon-results-"));
  const path = join(dir, "report.json");
  if (written) writeFileSync(path, JSON.stringify(written));
  const results = new Results();
  results.addReport(path, endedWell);
  rmSync(dir, { recursive: true });
  return results;
}

test.each([
  ["everything passes", report(2, 0, "passed", "passed"), true, [2, 0, 0]],
  ["tests fail", report(1, 2, "passed", "failed", "failed"), false, [1, 2, 0]],
  ["tests are skipped", report(1, 0, "passed", "pending", "skipped"), true, [1, 0, 2]],
  ["a file could not be loaded: no test failed, and Vitest did", report(1, 0, "passed"), false, [1, 1, 0]],
  ["Vitest wrote no report and failed", undefined, false, [0, 1, 0]],
  ["Vitest wrote no report and ended well", undefined, true, [0, 1, 0]],
])("%s", (_, written, endedWell, [passed, failed, skipped]) => {
  const results = read(written, endedWell);
  expect([results.passed, results.failed, results.skipped.length]).toEqual([passed, failed, skipped]);
  // What a service shows of the output may be its end only.
  expect(results.failures).toHaveLength(results.failed);
});

test("what failed is kept with what it said, and a file that could not be loaded too", () => {
  const { failures } = read(report(1, 1, "passed", "failed"), false);
  expect(failures).toEqual([{ name: "a.test.ts: a test", message: "what it said" }]);

  const unloaded = { name: "b.test.ts", message: "no such module", assertionResults: [] };
  expect(read({ numPassedTests: 0, numFailedTests: 0, testResults: [unloaded] }, false).failures).toEqual([
    { name: "Vitest", message: "It failed, and no test did. It says above why." },
    { name: "b.test.ts", message: "no such module" },
  ]);
});
