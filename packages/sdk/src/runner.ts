/** Whether Pulumi's own runner for packs runs this process: `@pulumi/pulumi/cmd/run-policy-pack`, started by the engine. */
export function isUnderPulumiRunner(): boolean {
  return /[\\/]run-policy-pack\b/.test(process.argv[1] ?? "");
}

/**
 * Whether this process runs a Pulumi program, or a provider that is written like one.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
 */
export function isUnderProgramRunner(): boolean {
  return /@pulumi[\\/]pulumi[\\/]cmd[\\/]run(-plugin)?([\\/]index(\.\w+)?)?$/.test(process.argv[1] ?? "");
}
