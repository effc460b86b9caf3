import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Writes a file, of which nobody finds a part. What is no file, such as a pipe, is written to as it is.
 *
 * @param mode of a file that not everybody may read.
 * @throws Error that names the file.
 */
export async function writeWhole(path: string, content: Readable, mode = 0o666): Promise<void> {
  // A link stays a link.
  const target = await realpath(path).catch(() => path);
  const there = await stat(target).catch(() => undefined);
  const unfinished = `${target}.${randomUUID()}`;
  if (there?.isDirectory()) throw new Error(`${path} can't be written: it is a folder. Name a file.`);
  try {
    if (there?.isFile() === false) return await pipeline(content, createWriteStream(target));
    await pipeline(content, createWriteStream(unfinished, { flags: "wx", mode }));
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" && !there;
    const why = isMissing
      ? `there is no folder ${dirname(target)}. Make it first`
      : message.replace(unfinished, target);
    throw new Error(`${path} can't be written: ${why}`);
  }
}
