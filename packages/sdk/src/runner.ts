/** Whether Pulumi's own runner for packs runs this process: `@pulumi/pulumi/cmd/run-policy-pack`, started by the engine. */
export function isUnderPulumiRunner(): boolean {
  return /[\\/]run-policy-pack\b/.test(process.argv[1] ?? "");
}

/** Whether the caller is part of a Pulumi program, or of a provider that is written like one. */
export function isInProgram(): boolean {
  return isUnderProgramRunner() || isInInlineProgram();
}

/** https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/cmd/pulumi-language-nodejs/main.go */
function isUnderProgramRunner(): boolean {
  return /@pulumi[\\/]pulumi[\\/]cmd[\\/]run(-plugin)?([\\/]index(\.\w+)?)?$/.test(process.argv[1] ?? "");
}

/** What `@pulumi/pulumi` keeps for each program of a process, of which only this is read. */
interface ProgramStore {
  settings?: { options?: { monitorAddr?: unknown } };
}

/**
 * The Automation API runs an inline program in the process that called it. While it runs, its store has the address of an engine.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/automation/server.ts
 */
function isInInlineProgram(): boolean {
  const { asyncLocalStorage } = globalThis as { asyncLocalStorage?: { getStore?(): ProgramStore | undefined } };
  return Boolean(asyncLocalStorage?.getStore?.()?.settings?.options?.monitorAddr);
}
