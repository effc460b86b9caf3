import { existsSync, readFileSync } from "node:fs";

/** What a whole test run found. */
export class Results {
  passed = 0;
  failed = 0;
  /** What this machine can't run, with the reason. */
  readonly skipped: { name: string; reason: string }[] = [];

  count(passed: boolean): void {
    if (passed) this.passed += 1;
    else this.failed += 1;
  }

  skip(name: string, reason: string): void {
    this.skipped.push({ name, reason });
  }

  /**
   * Adds what one run of Vitest found.
   *
   * @param path of its JSON report. It is missing when Vitest itself failed.
   * @param endedWell whether Vitest ended with 0. When it did not and no test failed, a test file or Vitest itself could not
   *   start. That counts as one failure.
   */
  addReport(path: string, endedWell: boolean): void {
    const report: Report | undefined = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
    this.passed += report?.numPassedTests ?? 0;
    this.failed += report?.numFailedTests || (endedWell && report ? 0 : 1);
    for (const { status, fullName } of report?.testResults.flatMap((file) => file.assertionResults) ?? []) {
      if (status !== "passed" && status !== "failed") this.skip(fullName, "this machine lacks what the test names");
    }
  }

  /** @param strict whether what was skipped counts as failed too */
  print({ strict }: { strict: boolean }): void {
    for (const { name, reason } of this.skipped) console.log(`skipped: ${name} (${reason})`);
    if (strict) this.failed += this.skipped.length;
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped.length} skipped`);
  }
}

/** The part of Vitest's JSON report that is used here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}
