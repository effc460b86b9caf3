import { statSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { extract, pack as packTar } from "tar-stream";

/** The files of an artifact by path, with slashes. */
export type Files = ReadonlyMap<string, Uint8Array | string>;

/** The folder in which the Pulumi CLI expects a pack inside its archive. */
const FOLDER = "package/";

/** How files are unpacked. */
export const PROGRAM = 0o755;
export const FILE = 0o644;

/** The ninth byte of gzip's header names the system that compressed, and equal packs have equal bytes on each. */
const SYSTEM = 9;
const UNKNOWN = 255;

/**
 * @param directory the pack's folder, which says which of its files are programs.
 * @param programs those that are not from there.
 * @returns a gzipped tar archive, the same bytes for the same files.
 */
export async function archiveOf(
  files: Files,
  directory: string,
  programs: ReadonlySet<string> = new Set(),
): Promise<Buffer> {
  const tar = packTar();
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const mode = programs.has(path) || isProgram(join(directory, path)) ? PROGRAM : FILE;
    tar.entry({ name: FOLDER + path, mtime: new Date(0), mode }, Buffer.from(content));
  }
  tar.finalize();
  const zipped = gzipSync(await buffer(tar), { level: 9 });
  zipped[SYSTEM] = UNKNOWN;
  return zipped;
}

/** What `archiveOf` or the Pulumi CLI has made. @returns its files by path. */
export async function readArchive(archive: Uint8Array): Promise<Map<string, { content: Buffer; isProgram: boolean }>> {
  const files = new Map<string, { content: Buffer; isProgram: boolean }>();
  const tar = extract();
  tar.end(gunzipSync(archive));
  for await (const entry of tar) {
    const content = await buffer(entry);
    const { name, type, mode } = entry.header;
    if (type !== "file" || !name.startsWith(FOLDER)) continue;
    files.set(name.slice(FOLDER.length), { content, isProgram: canRun(mode) });
  }
  return files;
}

function isProgram(file: string): boolean {
  return canRun(statSync(file, { throwIfNoEntry: false })?.mode);
}

function canRun(mode = 0): boolean {
  return (mode & 0o111) !== 0;
}
