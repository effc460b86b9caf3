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
  return readFile(file, "utf8").catch((error: Error) => {
    throw new Error(`${option} ${file} can't be read: ${whyUnreadable(error)}.`);
  });
}

/** Why a file can't be read, for a sentence. */
export function whyUnreadable(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return error.message;
}
