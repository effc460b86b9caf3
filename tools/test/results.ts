import { existsSync, readFileSync } from "node:fs";

/** What a whole test run found. */
export class Results {
  passed = 0;
  failed = 0;
  /** What failed, with the start of what it said. */
  readonly failures: { name: string; message: string }[] = [];
  /** What this machine can't run, with the reason. */
  readonly skipped: { name: string; reason: string }[] = [];

  /** @param name of what ran, for people */
  count(name: string, passed: boolean): void {
    if (passed) this.passed += 1;
    else this.#fail(name, "It says above why.");
  }

  skip(name: string, reason: string): void {
    this.skipped.push({ name, reason });
  }

  /**
   * Adds what one run of Vitest found.
   *
   * @param path of its JSON report. It is missing when Vitest itself failed.
   * @param endedWell whether Vitest ended with 0. When it did not and no test failed, a test file or Vitest itself could not
   *   start, or an error came from outside of the tests. That counts as one failure.
   */
  addReport(path: string, endedWell: boolean): void {
    const report: Report | undefined = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
    this.passed += report?.numPassedTests ?? 0;
    this.failed += report?.numFailedTests ?? 0;
    if (!report) this.#fail("Vitest", "It wrote no report.");
    else if (!endedWell && report.numFailedTests === 0)
      this.#fail("Vitest", "It failed, and no test did. It says above why.");
    for (const file of report?.testResults ?? []) this.#addFile(file);
  }

  #fail(name: string, message: string): void {
    this.failed += 1;
    this.failures.push({ name, message });
  }

  #addFile({ name, message, assertionResults }: ReportedFile): void {
    if (message) this.failures.push({ name, message: start(message) });
    for (const { status, fullName, failureMessages = [] } of assertionResults) {
      if (status === "failed") {
        this.failures.push({ name: `${name}: ${fullName}`, message: start(failureMessages.join("\n")) });
      } else if (status !== "passed") this.skip(fullName, "this machine lacks what the test names");
    }
  }

  /** @param strict whether what was skipped counts as failed too */
  print({ strict }: { strict: boolean }): void {
    // Again at the end, because a service that runs this may show only the end of what it printed.
    for (const { name, message } of this.failures) console.log(`failed: ${name}\n${message}\n`);
    for (const { name, reason } of this.skipped) console.log(`skipped: ${name} (${reason})`);
    if (strict) this.failed += this.skipped.length;
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped.length} skipped`);
  }
}

/** The part of Vitest's JSON report that is used here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: ReportedFile[];
}

interface ReportedFile {
  /** The file's path. */
  name: string;
  /** Why the file could not be loaded, else empty. */
  message: string;
  assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
}

/** @returns the first lines of a message, so that many failures still fit into the end of the output. */
function start(message: string): string {
  return message.split("\n").slice(0, 25).join("\n").slice(0, 2_000);
}
