// npm run check: everything that can be found out about the code without running it, at the same time. Prints one line for
// each check, and the output of those that fail.
import { spawn } from "node:child_process";
import { repositoryDir } from "./repository.ts";

const checks = {
  types: ["npx", "--no-install", "tsc", "--noEmit", "-p", "tsconfig.json"],
  "types of the console": ["npx", "--no-install", "tsc", "--noEmit", "-p", "packages/console"],
  "lint and format": ["npx", "--no-install", "biome", "check", "--error-on-warnings", "."],
  "arrows between rooms": ["npx", "--no-install", "depcruise", "--config", ".dependency-cruiser.cjs", "packages"],
  "ARCHITECTURE.md": ["node", "tools/run.mjs", "tools/architecture.ts"],
  "regular expressions": ["node", "tools/run.mjs", "tools/expressions.ts"],
  "generated files": ["node", "tools/run.mjs", "tools/gen.ts", "--check"],
  "unused code": ["npx", "--no-install", "knip", "--no-progress"],
};

export async function main(): Promise<void> {
  const results = await Promise.all(Object.entries(checks).map(([name, command]) => check(name, command)));
  process.exitCode = results.every(Boolean) ? 0 : 1;
}

/** Whether the check passed. */
function check(name: string, [program = "", ...args]: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(program, args, { cwd: repositoryDir, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.on("close", (code) => {
      process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${name}\n${code === 0 ? "" : output}`);
      resolve(code === 0);
    });
  });
}
