// Goes into packs in Python that need no virtual environment, as the file that the engine's launchers start. It starts Python, which
// serves the engine itself.
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";

const LOOK_MILLISECONDS = 1_000;

/** From this file's folder to the pack's: `node_modules/@pulumi/pulumi/cmd/run-policy-pack`. */
const launch = join(__dirname, "../../../../..", ".python/launch.py");
const program = process.env.PULUMI_PYTHON_CMD || (process.platform === "win32" ? "python" : "python3");
// Without the packages and settings of this machine's Python, as in a virtual environment. The end of its stdin tells it that this process is gone.
const python = spawn(program, ["-u", "-s", "-S", launch, ...process.argv.slice(2)], {
  stdio: ["pipe", "pipe", "inherit"],
});
let serves = false;
python.stdout.once("data", () => {
  serves = true;
});
python.stdout.pipe(process.stdout);
python.stdin.on("error", () => {});
python.once("error", ({ message }) => {
  process.stderr.write(
    `This policy pack needs Python, and ${program} does not start: ${message}. Install Python, or name the program in PULUMI_PYTHON_CMD.\n`,
  );
  process.exit(1);
});
python.once("close", (code) => process.exit(code ?? 1));

// An engine that is killed does not end its packs: see the SDK's end-with-engine.ts.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, LOOK_MILLISECONDS).unref();
const { stdin } = process;
if (stdin instanceof Socket && !stdin.isTTY) {
  const closed = () => serves && process.exit();
  stdin.on("end", closed).on("error", closed).resume().unref();
}
