import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "quillon-coverage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = `
import { packOf } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
const always = (name) => ({ name, description: name, validateResource: (_args, report) => report(name) });
const first = await packOf([always("one")]);
await packOf([always("two")]);
await first.analyze({ type: "t:m:R" });
`;

test("a test's process leaves what each of its packs had, where it is asked to", () => {
  const run = (env: NodeJS.ProcessEnv) =>
    execFileSync(process.execPath, [...process.execArgv, "--input-type=module", "--eval", program], { env });
  const { QUILLON_COVERAGE: _, ...env } = process.env;
  run(env);
  expect(readdirSync(folder)).toEqual([]);
  run({ ...env, QUILLON_COVERAGE: folder });
  const written = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  const violated = written.flatMap(({ policies }) =>
    Object.entries<{ violated: number }>(policies).map(([name, counts]) => [name, counts.violated]),
  );
  expect(violated.sort()).toEqual([
    ["one", 1],
    ["two", 0],
  ]);
});
