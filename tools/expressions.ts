// Finds regular expressions that can take more than linear time. Many of ours read what strangers send, and while one of
// them runs, the server answers nobody.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { slowExpressions } from "./expressions/slow.ts";
import { Failure } from "./failure.ts";
import { repositoryDir } from "./repository.ts";

/** Files whose expressions read only short texts, with the reason. */
const SHORT: Record<string, string> = {
  "packages/server/src/json-schema/ambiguous-repeat.ts":
    "a pattern has at most 500 characters, and RE2 has accepted it",
};

export function main(): void {
  const sources = listSources();
  if (sources.length === 0) throw new Failure("No sources were found to look for regular expressions in.");
  const problems = sources.flatMap((path) =>
    slowExpressions(path, readFileSync(join(repositoryDir, path), "utf8")).map(
      ({ line, text }) =>
        `${path}:${line} ${text} can take more than linear time. Write it without two repetitions that share a character.`,
    ),
  );
  if (problems.length > 0) throw new Failure(problems.join("\n"));
}

function listSources(): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "packages/*/src/**"];
  const paths = execFileSync("git", args, { cwd: repositoryDir, encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  return paths.filter(
    (path) => /\.tsx?$/.test(path) && !/\.test(-d)?\.tsx?$|\/testing\b/.test(path) && !(path in SHORT),
  );
}
