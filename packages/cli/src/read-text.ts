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

const MARKS = [
  { encoding: "utf-8", mark: Buffer.of(0xef, 0xbb, 0xbf) },
  { encoding: "utf-16le", mark: Buffer.of(0xff, 0xfe) },
];

/** The encoding that a text names by its first bytes, as PowerShell on Windows writes it. */
export function markedEncoding(bytes: Uint8Array): string | undefined {
  return MARKS.find(({ mark }) => mark.equals(bytes.subarray(0, mark.length)))?.encoding;
}

/** A text without the mark of its encoding. It is UTF-8 where it has none. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder(markedEncoding(bytes)).decode(bytes);
}

/** Why a file can't be read, for a sentence. */
export function whyUnreadable(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return error.message;
}
