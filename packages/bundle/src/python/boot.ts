// Goes into packs in Python that need no virtual environment, as the file that the engine's launchers start. It starts Python, which
// serves the engine itself.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { endWithEngine } from "@quillon/proto/end-with-engine";

/** From this file's folder to the pack's: `node_modules/@pulumi/pulumi/cmd/run-policy-pack`. */
const launch = join(__dirname, "../../../../..", ".python/launch.py");
const program = process.env.PULUMI_PYTHON_CMD || (process.platform === "win32" ? "python" : "python3");
// Without the packages and settings of this machine's Python, as in a virtual environment. The end of its stdin tells it that this process is gone.
const python = spawn(program, ["-u", "-s", "-S", launch, ...process.argv.slice(2)], {
  stdio: ["pipe", "pipe", "inherit"],
});
const end = endWithEngine();
python.stdout.once("data", () => end.wasAsked());
python.stdout.pipe(process.stdout);
python.stdin.on("error", () => {});
python.once("error", ({ message }) => {
  process.stderr.write(
    `This policy pack needs Python, and ${program} does not start: ${message}. Install Python, or name the program in PULUMI_PYTHON_CMD.\n`,
  );
  process.exit(1);
});
python.once("close", (code) => process.exit(code ?? 1));
