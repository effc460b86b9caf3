// Writes the generated code anew: `npm run gen`. With --check, fails when the checked-in code is not what comes out.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const proto = fileURLToPath(new URL("../packages/proto", import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { cwd: proto, stdio: "inherit" });

run(process.execPath, fileURLToPath(import.meta.resolve("@bufbuild/buf/bin/buf")), "generate");
if (process.argv.includes("--check")) run("git", "diff", "--exit-code", "--stat", "--", "gen");
