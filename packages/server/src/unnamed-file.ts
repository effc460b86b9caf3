import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolderError } from "./start-errors.ts";

/**
 * Makes a file in the folder for temporary files, and takes its name away, so that nothing of it is left when the process is killed.
 *
 * @throws what the file system says.
 */
export async function openUnnamedFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `quillon-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  return file;
}

/** @throws Error with a sentence when there can be no temporary files. */
export async function requireTemporaryFolder(): Promise<void> {
  try {
    const file = await openUnnamedFile();
    await file.close();
  } catch (error) {
    throw temporaryFolderError(tmpdir(), error);
  }
}
