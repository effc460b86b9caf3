import { type SpawnOptions, spawn } from "node:child_process";
import { repositoryDir } from "../repository.ts";

/** Runs a command in the repository and shows its output. @returns whether it ended with 0. */
export function succeeds([program = "", ...args]: string[], options: SpawnOptions = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: repositoryDir, stdio: "inherit", ...options });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}
