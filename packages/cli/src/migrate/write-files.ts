import { randomUUID } from "node:crypto";
import { lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** A part of a file's path: a name that Quillon takes, so that no service's answer leads out of the folder. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/;

/**
 * Makes a folder, with all that is written into it, or nothing. Only its owner can read it.
 *
 * @throws Error when it is there already.
 */
export async function makeFolder<T>(
  path: string,
  fill: (write: (file: readonly string[], text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const folder = resolve(path);
  const isThere = await lstat(folder).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new Error(`${path} is there already. Name a folder that is not, so that old and new files are not mixed.`);
  const made = `${folder}.${randomUUID()}.tmp`;
  try {
    await mkdir(made, { recursive: true, mode: 0o700 });
    const filled = await fill(async (file, text) => {
      const odd = file.find((name) => !NAME.test(name));
      if (odd !== undefined) throw new Error(`There can't be a file of a stack or a project with the name "${odd}".`);
      const at = join(made, ...file);
      await mkdir(dirname(at), { recursive: true, mode: 0o700 });
      await writeFile(at, text, { mode: 0o600, flag: "wx" });
    });
    await rename(made, folder);
    return filled;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
