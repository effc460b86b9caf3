import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Coverage } from "./coverage.ts";

const covered: (() => Coverage)[] = [];

/** `quillon policy test` names a folder in QUILLON_COVERAGE, and reads there what the tests of a pack have covered, in whichever processes they ran. */
export function writeAtExit(coverage: () => Coverage): void {
  const folder = process.env.QUILLON_COVERAGE;
  if (!folder || covered.push(coverage) > 1) return;
  process.once("exit", () => {
    for (const report of covered) writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(report()));
  });
}
