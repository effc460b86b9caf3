import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, which can be full. */
export interface SmallDisk {
  dir: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Removes what filled it. */
  free(): void;
  close(): void;
}

/** @throws Error where nothing can be mounted: it takes a Linux, and root. */
export function openSmallDisk(megabytes: number): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), "quillon-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir]);
  } catch (error) {
    rmSync(dir, { recursive: true });
    throw new Error(`A test of a full disk mounts a tmpfs, which needs root on a Linux. ${error}`);
  }
  const ballast = join(dir, "ballast");
  return {
    dir,
    fill() {
      const { bavail, bsize } = statfsSync(dir);
      const block = Buffer.alloc(bsize);
      const page = Buffer.alloc(bsize * 256);
      for (let left = bavail; left >= 256; left -= 256) tryToAppend(ballast, page);
      while (tryToAppend(ballast, block));
    },
    free: () => rmSync(ballast, { force: true }),
    close() {
      execFileSync("umount", ["--lazy", dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** @returns false when the disk is full. */
function tryToAppend(file: string, bytes: Buffer): boolean {
  try {
    appendFileSync(file, bytes);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}
