import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";

/**
 * The text of a file, or of standard input for `-`.
 *
 * @param option that named it.
 * @throws Error that says why it can't be read.
 */
export async function readText(option: string, file: string): Promise<string> {
  if (file === "-") return decode(await buffer(process.stdin));
  const bytes = await readFile(file).catch((error: Error) => {
    throw new Error(`${option} ${file} can't be read: ${whyUnreadable(error)}.`);
  });
  return decode(bytes);
}

/** Of texts in UTF-8 and in UTF-16. */
const MARKS = [Buffer.of(0xef, 0xbb, 0xbf), Buffer.of(0xff, 0xfe)];

/** Whether a text begins with the mark of its encoding, as PowerShell on Windows writes it. */
export function hasMark(bytes: Uint8Array): boolean {
  return MARKS.some((mark) => mark.equals(bytes.subarray(0, mark.length)));
}

/** A text without the mark of its encoding. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder(bytes[0] === 0xff && hasMark(bytes) ? "utf-16le" : "utf-8").decode(bytes);
}

/** Why a file can't be read, for a sentence. */
export function whyUnreadable(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return error.message;
}
