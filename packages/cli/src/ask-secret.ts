import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks for something that the terminal must not show. */
export function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nothing, terminal: true });
  return new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    // Ctrl-C, and Ctrl-D.
    lines.once("SIGINT", () => lines.close());
    lines.once("close", () => reject(new Error("Nothing was entered, and nothing was changed.")));
  }).finally(() => {
    lines.close();
    process.stderr.write("\n");
  });
}
