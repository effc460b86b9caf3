import { resolve } from "node:path";
import { isPulumi } from "../run/command-line.ts";

/**
 * What is asked beside a command, in another folder than this one. Nobody knows what a program that is not the Pulumi CLI itself does when it
 * is started, such as a script that deploys whatever its arguments are.
 */
export function helperOf(program: string): string {
  if (!isPulumi(program)) return "pulumi";
  return /[\\/]/.test(program) ? resolve(program) : program;
}

/** Without the variables that set flags of the command, which would set them of what is asked beside it, too. */
export function helperEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_OPTION_")));
}
