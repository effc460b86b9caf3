import { expect, test } from "vitest";
import { sourceOf } from "./source.ts";

test.each<[environment: Record<string, string>, source: string]>([
  [{}, ""],
  [{ "git.headName": "refs/heads/main" }, "branch:main"],
  [{ "git.headName": "main" }, "branch:main"],
  [{ "git.headName": "refs/heads/fix/refs/heads/a" }, "branch:fix/refs/heads/a"],
  [{ "git.headName": "" }, ""],
  [{ "ci.pr.number": "7" }, "pr:7"],
  [{ "ci.pr.number": "7", "git.headName": "refs/heads/main" }, "pr:7"],
  [{ "ci.pr.number": "", "git.headName": "refs/heads/main" }, "branch:main"],
  [{ "git.headName": `refs/heads/${"😀".repeat(300)}` }, `branch:${"😀".repeat(193)}`],
])("what is run with %j is about %j", (environment, source) => {
  expect(sourceOf(environment)).toBe(source);
});
