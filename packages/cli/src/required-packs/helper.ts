import { resolve } from "node:path";

/** A program that is asked in another folder than this one. */
export function helperOf(program: string): string {
  return /[\\/]/.test(program) ? resolve(program) : program;
}

/** Without the variables that set flags of the command, which would set them of what is asked beside it, too. */
export function helperEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_OPTION_")));
}
