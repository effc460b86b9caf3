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

/** What Pulumi's CLI looks for after it has taken `package/` out of the archive. */
const PROJECT_FILE = "package/PulumiPolicy.yaml";

/**
 * Reads a policy pack's archive to its end and refuses what a client could not, or should not, unpack: anything but
 * files and folders with plain relative paths, and more than the limits allow. Nothing is written, and sizes are counted
 * while they unfold.
 *
 * @throws archive_invalid with the entry at fault.
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
    if (!names.has(PROJECT_FILE)) throw refuse(`it has no ${PROJECT_FILE}`);
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
    if (problem) throw refuse(problem);
    const path = name.replace(/\/+$/, "");
    if (names.has(path)) throw refuse(`${show(name)} is in it twice`);
    if (names.size === mostEntries) throw refuse(`it has more than ${mostEntries} files and folders`);
    names.add(path);
    entry.resume();
  }
  return names;
}

/** What is wrong with one entry, in words; undefined when a client may unpack it. */
export function problemOf(name: string, type: string): string | undefined {
  if (type !== "file" && type !== "contiguous-file" && type !== "directory") {
    return `${show(name)} is a ${type}, and only files and folders are taken`;
  }
  if (name.includes("\0") || name.includes("\\")) return `${show(name)} has a character that no path may have`;
  if (name.startsWith("/") || /^[a-zA-Z]:/.test(name)) return `${show(name)} is an absolute path`;
  if (name.split("/").includes("..")) return `${show(name)} leaves the folder that it is unpacked to`;
  return undefined;
}

function show(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

function refuse(problem: string) {
  return newError("archive_invalid", { problem });
}

/** gunzip and tar-stream throw plain errors about the bytes; everything else is not the archive's fault. */
function explain(error: unknown): unknown {
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  if (code.startsWith("Z_")) return refuse("it is not a complete gzip stream");
  if (/tar header|end of data|invalid/i.test(message) && !("id" in (error as object)))
    return refuse("it is not a tar archive");
  return error;
}
