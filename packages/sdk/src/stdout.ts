/**
 * The engine takes the first line of stdout for the port. Until `announce`, everything else that is written there goes to stderr,
 * whose lines the engine shows as diagnostics: a `console.log` while a pack loads is a message, not a broken boot.
 *
 * The boot file arms this before anything of the pack is loaded; under Pulumi's own runner it holds from the import of
 * this package on. In any other process, a test say, stdout is left alone until a pack is served.
 */
const GUARD = Symbol.for("@quillon/policy/stdout");

/** Per process, not per copy of this package: the boot file's may be another one than the pack's. */
const shared = globalThis as { [GUARD]?: (() => void) | undefined };

/** Arms the guard. Node makes its streams when they are first asked for, which takes a while: so does this. */
export function guardStdout(): void {
  if (shared[GUARD]) return;
  const property = Object.getOwnPropertyDescriptor(process, "stdout") as PropertyDescriptor;
  let undo = () => {};
  shared[GUARD] = () => {
    Object.defineProperty(process, "stdout", property);
    undo();
  };
  Object.defineProperty(process, "stdout", {
    configurable: true,
    enumerable: true,
    get() {
      Object.defineProperty(process, "stdout", property);
      const { stdout } = process;
      const { write } = stdout;
      stdout.write = ((...args: Parameters<typeof write>) => process.stderr.write(...args)) as typeof write;
      undo = () => {
        stdout.write = write;
      };
      return stdout;
    },
  });
}

/** Writes the port line, and gives stdout back. */
export function announce(port: number): void {
  shared[GUARD]?.();
  shared[GUARD] = undefined;
  process.stdout.write(`${port}\n`);
}
