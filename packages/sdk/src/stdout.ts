/**
 * The engine takes the first line of stdout for the port. Until `announce`, whatever else is written there goes to stderr,
 * whose lines the engine shows as diagnostics: a `console.log` while a pack loads is a message, not a broken boot.
 *
 * The boot file arms this before anything of the pack is loaded; under Pulumi's own runner it holds from the import of
 * this package on. In any other process, a test say, stdout is left alone until a pack is served.
 */
const GUARD = Symbol.for("@quillon/policy/stdout");

type Write = typeof process.stdout.write;
const shared = globalThis as { [GUARD]?: Write | undefined };

/** `@pulumi/pulumi/cmd/run-policy-pack`, started by the engine. */
export function isUnderPulumiRunner(): boolean {
  return /[\\/]run-policy-pack\b/.test(process.argv[1] ?? "");
}

export function guardStdout(): void {
  if (shared[GUARD]) return;
  shared[GUARD] = process.stdout.write;
  process.stdout.write = process.stderr.write.bind(process.stderr) as Write;
}

/** Writes the port line, and gives stdout back. */
export function announce(port: number): void {
  releaseStdout();
  process.stdout.write(`${port}\n`);
}

/** Gives stdout back: this process serves no pack after all. */
export function releaseStdout(): void {
  if (shared[GUARD]) process.stdout.write = shared[GUARD];
  shared[GUARD] = undefined;
}
