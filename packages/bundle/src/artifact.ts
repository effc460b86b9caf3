import { statSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack as packTar } from "tar-stream";

/** The files of an artifact by path, with slashes. */
export type Files = ReadonlyMap<string, Uint8Array | string>;

/** The folder in which the Pulumi CLI expects a pack inside its archive. */
export const FOLDER = "package/";

/** The ninth byte of gzip's header names the system that compressed, and equal packs have equal bytes on each. */
const SYSTEM = 9;
const UNKNOWN = 255;

/**
 * @param directory the pack's folder, which says which of its files are programs.
 * @returns a gzipped tar archive, the same bytes for the same files.
 */
export async function archiveOf(files: Files, directory: string): Promise<Buffer> {
  const tar = packTar();
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    tar.entry(
      { name: FOLDER + path, mtime: new Date(0), mode: isProgram(join(directory, path)) ? 0o755 : 0o644 },
      Buffer.from(content),
    );
  }
  tar.finalize();
  const zipped = gzipSync(await buffer(tar), { level: 9 });
  zipped[SYSTEM] = UNKNOWN;
  return zipped;
}

function isProgram(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0;
}
