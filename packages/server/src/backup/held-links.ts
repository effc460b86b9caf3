import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { diskBlobs } from "../blobs/disk.ts";
import { HELD_MS } from "../blobs/held.ts";
import type { Blobs } from "../blobs/types.ts";
import { linkBlobs } from "./copy.ts";

const NAME = /^backup-[\da-f-]{36}\.tmp$/;

/** Keeps blobs of a data folder while they are read, under names in a folder of their own. */
export async function holdLinks(
  data: string,
  names: readonly string[],
): Promise<{ blobs: Pick<Blobs, "get">; missing: string[]; release(): Promise<void> }> {
  await releaseOld(data);
  const links = join(data, `backup-${randomUUID()}.tmp`);
  const release = () => rm(links, { recursive: true, force: true });
  try {
    return { blobs: diskBlobs(links), missing: await linkBlobs(join(data, "blobs"), links, names), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** What blobs a killed backup has linked stays on the disk until then, even when the servers remove them. */
async function releaseOld(data: string): Promise<void> {
  for (const name of (await readdir(data)).filter((one) => NAME.test(one))) {
    const path = join(data, name);
    // One that another user has made, or that another backup is removing now, is no reason for having no backup.
    const made = await stat(path).catch(() => undefined);
    if (made && made.mtimeMs < Date.now() - HELD_MS) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
