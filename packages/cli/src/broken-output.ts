import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { say } from "./output.ts";

/**
 * Has what is being done be done to its end, also when its outputs can't be written.
 *
 * Nobody is told when whoever reads one has read enough, as with `quillon … | head`, or when their terminal is gone. When there is another
 * reason, such as a full disk, what was asked for is not there, and the command ends with 1.
 */
export function outliveOutputs({ stdout, stderr }: { stdout: Writable; stderr: Writable } = process): void {
  stderr.on("error", () => {});
  let isSaid = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isSaid || error.code === "EPIPE" || error.code === "EIO") return;
    isSaid = true;
    say(`quillon: The output can't be written: ${error.message}. Not all that was asked for is there.`);
    // What is still being done may set another one.
    process.once("exit", () => {
      process.exitCode = 1;
    });
  });
}

/** Prints as fast as it is read. That it can't be printed is for `outliveOutputs`. */
export async function print(content: Readable | ReadableStream, stdout: Writable = process.stdout): Promise<void> {
  let broken: Error | undefined;
  const see = (error: Error) => {
    broken = error;
  };
  stdout.on("error", see);
  try {
    await pipeline(content, stdout, { end: false });
  } catch (error) {
    if (error !== broken) throw error;
  } finally {
    stdout.off("error", see);
  }
}
