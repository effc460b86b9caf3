import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What Pulumi CLIs have sent, recorded by e2e/engine-events.test.ts: a folder for each version, a file for each run. */
const folder = join(import.meta.dirname, "../../../../testdata/engine-events");

export const recordedVersions = readdirSync(folder);

export function recordedEvents(version: string, run: string): { sequence: number; timestamp: number }[] {
  const lines = readFileSync(join(folder, version, `${run}.jsonl`), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** What a CLI has sent of a run that a pack made fail, recorded by e2e/pack-health.test.ts. */
export function recordedPackFailure(version: string, run: string): { sequence: number; timestamp: number }[] {
  const lines = readFileSync(join(folder, "../pack-failures", version, `${run}.jsonl`), "utf8").trim();
  return lines === "" ? [] : lines.split("\n").map((line) => JSON.parse(line));
}
