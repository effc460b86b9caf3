// @ts-check
// Runs one of the repository's own tools: `node tools/run.mjs tools/NAME.ts ARGUMENTS`. Tools are TypeScript and there is
// no build before them, because they do the building. Each exports `main(args)`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const [file, ...args] = process.argv.slice(2);
if (!file) throw new Error("Name a tool: node tools/run.mjs tools/NAME.ts");

requireNode();
installPackages();
process.setSourceMapsEnabled(true);
await import("./register-typescript.mjs");
const tool = await import(pathToFileURL(resolve(repository, file)).href);
try {
  await tool.main(args);
} catch (error) {
  // tools/failure.ts: its message is for people. All else is a mistake in a tool, and shows where it happened.
  if (!(error instanceof Error) || error.name !== "Failure") throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Quillon needs Node.js 20.19 or newer. This is ${process.versions.node}. See https://nodejs.org`);
  process.exit(1);
}

/**
 * On a fresh clone. Not with `npm ci`: it needs a lock file with the packages of every platform, and some registries
 * have only some of them.
 */
function installPackages() {
  if (existsSync(new URL("../node_modules/esbuild", import.meta.url))) return;
  console.log("Packages are missing: npm install --no-save");
  const { status } = spawnSync("npm", ["install", "--no-save"], { cwd: repository, stdio: "inherit" });
  if (status === 0) return;
  console.error("npm install failed. Its messages are above.");
  process.exit(1);
}
