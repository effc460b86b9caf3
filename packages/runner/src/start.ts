import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { startChild } from "./child.ts";
import { howToInstall } from "./install-commands.ts";
import { PackFailed } from "./pack-failed.ts";

export interface RunningPack {
  /** On 127.0.0.1. */
  readonly port: number;
  /** What it has printed to stderr so far. */
  stderr(): string;
  /** Ends its processes. */
  stop(): Promise<void>;
}

interface Options {
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  /** The program and its first arguments; see `nodeCommand`. */
  command: string[];
  env?: NodeJS.ProcessEnv;
  /** Ends a start that takes too long. */
  signal?: AbortSignal;
}

/** The pack calls its engine only to log. Nothing listens there, which packs bear. */
const NO_ENGINE = "127.0.0.1:1";

/**
 * Starts a policy pack the way the engine does, and waits until it serves: its first line of stdout is its port.
 *
 * @throws PackFailed when the process ends before that, prints something else, or can't be started.
 */
export async function startPack({ directory, command, env = process.env, signal }: Options): Promise<RunningPack> {
  signal?.throwIfAborted();
  const { process: child, stop } = startChild([...command, NO_ENGINE, "."], { cwd: directory, env });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const port = await new Promise<number>((resolve, reject) => {
    const failed = (what: string) => {
      const said = stripVTControlCharacters(printed).trim();
      const next = howToInstall(said, command[0] ?? "", directory);
      reject(new PackFailed(said ? [`${what}:`, said, ...(next ? [next] : [])].join("\n") : `${what}.`));
    };
    createInterface({ input: child.stdout }).once("line", (line) => {
      const port = Number(line.trim());
      if (Number.isInteger(port) && port > 0 && port < 65_536) resolve(port);
      else failed(`The policy pack printed "${line.slice(0, 200)}" where the engine expects its port`);
    });
    child.once("error", (error) => failed(`${command[0]} can't be started: ${error.message}`));
    child.once("close", (code, by) => failed(`The policy pack's program ended with ${by ?? `exit code ${code}`}`));
    signal?.addEventListener("abort", () => failed("The policy pack did not start in time"), { once: true });
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { port, stderr: () => printed, stop };
}
