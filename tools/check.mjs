// Everything that can be said of the code without running it, side by side; one line for each, the output of those that fail.
import { spawn } from "node:child_process";

const checks = {
  types: ["tsc", "--noEmit", "-p", "tsconfig.json"],
  "lint and format": ["biome", "check", "--error-on-warnings", "."],
  "arrows between rooms": ["depcruise", "--config", ".dependency-cruiser.cjs", "packages"],
  "unused code": ["knip", "--no-progress"],
};

const results = await Promise.all(Object.entries(checks).map(([name, command]) => check(name, command)));
process.exitCode = results.every(Boolean) ? 0 : 1;

/** Whether the check passed. */
function check(name, command) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn("npx", ["--no-install", ...command], { stdio: ["ignore", "pipe", "pipe"] });
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
