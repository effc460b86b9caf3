import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a command in this terminal as if it had been typed there, and passes signals on.
 *
 * @returns its exit code, or what a shell makes of the signal that ended it.
 * @throws Error when there is no such command.
 */
export function runInTerminal([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: "inherit" });
    const listeners = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
      const pass = () => {
        // A terminal sends Ctrl-C to both. To the CLI a second one means that it must stop at once.
        if (!(signal === "SIGINT" && process.stdin.isTTY)) child.kill(signal);
      };
      process.on(signal, pass);
      return () => process.off(signal, pass);
    });
    const stopListening = () => {
      for (const stop of listeners) stop();
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      stopListening();
      reject(
        error.code === "ENOENT"
          ? new Error(`There is no command ${program}. Is it installed, and on the PATH?`)
          : error,
      );
    });
    child.once("exit", (code, signal) => {
      stopListening();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
