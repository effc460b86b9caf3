import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

/**
 * The text of a file, or of standard input for `-`.
 *
 * @param option that named it.
 * @throws Error that says why it can't be read.
 */
export async function readText(option: string, file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new Error(`${option} ${file} can't be read: ${why}.`);
  });
}
