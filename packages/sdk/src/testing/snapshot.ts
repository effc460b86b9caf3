import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Secret } from "../core.ts";

/**
 * Writes a verdict, or any other value of a test, as text that is the same on every run. Keys are sorted, and the values of secrets
 * are left out.
 *
 * @example
 * expect(toSnapshot(await pack.analyze(bucket))).toMatchSnapshot();
 */
export function toSnapshot(value: unknown): string {
  return `${JSON.stringify(value, stable, 2)}\n`;
}

/**
 * Compares a value with a file. Writes the file when it does not exist, or when the environment variable `UPDATE_SNAPSHOTS` is
 * set. Where `CI` is set, a missing file is a failure. Use it with test runners that have no snapshots of their own.
 *
 * @throws AssertionError when the value differs from the file, or the file is missing where `CI` is set.
 *
 * @example
 * assertSnapshot(await pack.analyzeRecorded(stack), new URL("production.snap.json", import.meta.url));
 */
export function assertSnapshot(value: unknown, file: string | URL): void {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const text = toSnapshot(value);
  if (process.env.UPDATE_SNAPSHOTS || (!existsSync(path) && !process.env.CI)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.ok(existsSync(path), `There is no snapshot ${path}. Run the test once with UPDATE_SNAPSHOTS=1.`);
  assert.equal(
    text,
    readFileSync(path, "utf8"),
    `It differs from ${path}. If that is right, run with UPDATE_SNAPSHOTS=1.`,
  );
}

function stable(_: string, value: unknown): unknown {
  if (value instanceof Secret) return { secret: "[secret]" };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
