import { type SpawnOptions, spawn } from "node:child_process";
import { repositoryDir } from "../repository.ts";

/** Runs a command in the repository and shows its output, and at its end how long it took. @returns whether it ended with 0. */
export function succeeds([program = "", ...args]: string[], options: SpawnOptions = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(program, args, { cwd: repositoryDir, stdio: "inherit", ...options });
    child.once("error", (error) => {
      console.log(`${program} could not be started: ${error.message}`);
      resolve(false);
    });
    child.once("close", (code) => {
      console.log(`${[program, ...args].join(" ")} took ${Math.round((Date.now() - started) / 1000)} s`);
      resolve(code === 0);
    });
  });
}
