import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { newError } from "@quillon/contract";
import tar from "tar-stream";
import { limitBytes } from "./limit-bytes.ts";

export interface CheckedArchive {
  /** Of the packed bytes, lower-hex. */
  sha256: string;
  /** Packed, in bytes. */
  size: number;
}

/** The Pulumi CLI looks for this file after it has unpacked `package/`. */
const PROJECT_FILE = "package/PulumiPolicy.yaml";

/**
 * Reads a policy pack's archive to its end and refuses what a client can't or should not unpack: anything that is not a
 * file or folder with a plain relative path, and more than the limits allow. Nothing is written to disk. Sizes are counted
 * while the archive is decompressed.
 *
 * @throws body_too_large; archive_invalid with the entry that is refused.
 */
export async function checkArchive(
  packed: Readable,
  limits: { bytes: number; entries: number },
): Promise<CheckedArchive> {
  const hash = createHash("sha256");
  let size = 0;
  const extract = tar.extract();
  const unpack = pipeline(
    packed,
    async function* hashed(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createGunzip(),
    limitBytes(limits.bytes),
    extract,
  );
  try {
    const [names] = await Promise.all([readEntries(extract, limits.entries), unpack]);
    if (!names.has(PROJECT_FILE))
      throw newError("archive_invalid", { problem: "project_file_missing", file: PROJECT_FILE });
  } catch (error) {
    unpack.catch(() => {});
    throw explain(error);
  }
  return { sha256: hash.digest("hex"), size };
}

async function readEntries(extract: tar.Extract, mostEntries: number): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const entry of extract) {
    const { name, type } = entry.header;
    const problem = problemOf(name, type ?? "file");
    if (problem) throw newError("archive_invalid", { problem, entry: cut(name), type: type ?? "file" });
    const path = name.replace(/\/+$/, "");
    if (names.has(path)) throw newError("archive_invalid", { problem: "entry_twice", entry: cut(name) });
    if (names.size === mostEntries)
      throw newError("archive_invalid", { problem: "too_many_entries", limit: mostEntries });
    names.add(path);
    entry.resume();
  }
  return names;
}

export type EntryProblem = "entry_type" | "entry_character" | "entry_absolute" | "entry_outside";

/** What is wrong with one entry; undefined when a client may unpack it. */
export function problemOf(name: string, type: string): EntryProblem | undefined {
  if (type !== "file" && type !== "contiguous-file" && type !== "directory") return "entry_type";
  if (name.includes("\0") || name.includes("\\")) return "entry_character";
  if (name.startsWith("/") || /^[a-zA-Z]:/.test(name)) return "entry_absolute";
  return name.split("/").includes("..") ? "entry_outside" : undefined;
}

/** For messages, because a name may be very long. */
function cut(name: string): string {
  return name.slice(0, 200);
}

/** gunzip and tar-stream throw plain errors about the bytes. All other errors are not the archive's fault. */
function explain(error: unknown): unknown {
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  if (code.startsWith("Z_")) return newError("archive_invalid", { problem: "not_gzip" });
  if (/tar header|end of data|invalid/i.test(message) && !("id" in (error as object))) {
    return newError("archive_invalid", { problem: "not_tar" });
  }
  return error;
}
