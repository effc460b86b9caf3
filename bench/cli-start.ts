// npm run bench -- cli-start: how long `quillon --help` and `quillon whoami` take, compared with a Node.js process that does nothing. In
// processor time, because the wall clock of so short a process says more about what else the machine does.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { repositoryDir } from "../tools/repository.ts";
import { TOKEN, withQuillon } from "./measure/quillon.ts";
import { pairs, printPairs } from "./measure/ratios.ts";

export async function main(): Promise<void> {
  await withQuillon({}, async ({ printed }) => {
    const env = { ...process.env, QUILLON_URL: printed, QUILLON_TOKEN: TOKEN };
    for (const args of ["--help", "whoami"]) {
      const figures = await pairs(
        () => processorTimeOf(`packages/cli/bin/quillon.js ${args}`, env),
        () => processorTimeOf("-e 0", env),
        { count: Number(process.env.ROUNDS ?? 25) },
      );
      printPairs({ a: `quillon ${args}`, b: "node -e 0" }, figures, "ms");
    }
  });
}

/** Milliseconds, of the process and what it starts. A shell knows that of its children, and Node.js does not. */
async function processorTimeOf(args: string, env: NodeJS.ProcessEnv): Promise<number> {
  const line = `"${process.execPath}" ${args} > /dev/null && times`;
  const { stdout } = await promisify(execFile)("bash", ["-c", line], { cwd: repositoryDir, env });
  const [, children = ""] = stdout.split("\n");
  const [user = Number.NaN, system = Number.NaN] = children.split(" ").map((time) => {
    const [minutes, seconds] = time.split(/[ms]/).map(Number);
    return ((minutes ?? Number.NaN) * 60 + (seconds ?? Number.NaN)) * 1000;
  });
  return user + system;
}
