import { stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Refuses the embedded database of another user: what root, who may open it, writes into it would be root's, and then the server could
 * not open it any more. What a user of this process makes is looked at, and not the user, because some file systems give all files to one.
 *
 * @param made the name of something in the folder that this process has just made.
 */
export async function requireOwner(folder: string, made: string): Promise<void> {
  const owner = await ownerOf(join(folder, "database"));
  const own = await ownerOf(join(folder, made));
  if (owner === undefined || own === undefined || owner === own) return;
  throw new Error(
    `The database in ${folder} belongs to the user with the id ${owner}, and what this process writes to user ${own}, so that the other one could not open it any more. ` +
      `Nothing was changed. Do this as that user (setpriv --reuid ${owner} …), or give the whole folder to this one (chown -R ${own}).`,
  );
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).uid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
