import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { newError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import { BILL_ENTRY, LARGEST_BILL } from "./bill.ts";
import { checkPack, type PackFacts } from "./check-pack.ts";
import { isFurtherManifest, isManifest } from "./dependencies.ts";
import type { PackFiles } from "./dependency.ts";
import { EntryNames } from "./entry-names.ts";
import { limitBytes } from "./limit-bytes.ts";
import { LARGEST_PROJECT_FILE, PROJECT_FILE } from "./project-file.ts";
import { readTar } from "./tar.ts";

export interface ReadArchive {
  /** Of the packed bytes, lower-hex. */
  sha256: string;
  /** Packed, in bytes. */
  size: number;
  files: PackFiles;
}

export interface CheckedArchive extends Omit<ReadArchive, "files"> {
  facts: PackFacts;
}

interface ArchiveLimits {
  bytes: number;
  entries: number;
}

/** Of a file whose content is looked at, in bytes, and about how many of them. */
const LARGEST_TEXT = 256 * 1024;
const MOST_TEXTS = 50;

/** Of what is decompressed at once, in bytes. With 16 KiB, the default, most of the time is spent between chunks. */
const UNPACKED_CHUNK = 256 * 1024;

/**
 * Reads a policy pack's archive and refuses, besides what can't be unpacked, a pack that the CLI could not load or whose
 * dependencies it could not install.
 *
 * @throws body_too_large; archive_invalid with the entry that is refused.
 */
export async function checkArchive(
  ctx: Pick<Ctx, "workers" | "log">,
  packed: Readable,
  limits: ArchiveLimits,
): Promise<CheckedArchive> {
  const { files, ...archive } = await readArchive(packed, limits);
  return { ...archive, facts: await checkPack(ctx, files) };
}

/**
 * Reads an archive to its end, as the CLI will, and refuses what a client can't or should not unpack: what is not a file or folder
 * with a plain relative path, what unpackers read differently, and more than the limits allow. Nothing is written to disk. Sizes
 * are counted while the archive is decompressed.
 *
 * @throws body_too_large; archive_invalid with the entry that is refused.
 */
export async function readArchive(packed: Readable, limits: ArchiveLimits): Promise<ReadArchive> {
  const hash = createHash("sha256");
  let size = 0;
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK });
  try {
    const files = await pipeline(
      packed,
      async function* hashed(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      },
      gunzip,
      limitBytes(limits.bytes),
      (chunks: AsyncIterable<Buffer>) => readFiles(chunks, limits.entries),
    );
    if (gunzip.bytesWritten < size) throw newError("archive_invalid", { problem: "after_gzip" });
    return { sha256: hash.digest("hex"), size, files };
  } catch (error) {
    throw explain(error);
  }
}

async function readFiles(chunks: AsyncIterable<Buffer>, mostEntries: number): Promise<PackFiles> {
  const names = new EntryNames(mostEntries);
  const texts = new Map<string, string>();
  for await (const entry of readTar(chunks)) {
    const path = names.add(entry);
    if (entry.kind === "folder") {
      if (entry.size > 0) throw newError("archive_invalid", { problem: "folder_content", entry: path });
      continue;
    }
    if (!entry.readable) throw newError("archive_invalid", { problem: "entry_unreadable", entry: path });
    const wanted = wantedText(path, texts.size);
    if (wanted && entry.size > wanted.limit && wanted.isNeeded)
      throw newError("archive_invalid", { problem: "large_text", entry: path, limit: wanted.limit });
    if (!wanted || entry.size > wanted.limit) continue;
    // What editors on Windows put before the text, and the CLI leaves out.
    texts.set(path, (await entry.read()).toString("utf8").replace(/^\u{feff}/u, ""));
  }
  return { names: names.lists(), texts };
}

/** Whether the content of a file is looked at. @param taken how many are looked at already. */
function wantedText(path: string, taken: number): { limit: number; isNeeded: boolean } | undefined {
  if (path === PROJECT_FILE) return { limit: LARGEST_PROJECT_FILE, isNeeded: true };
  if (isManifest(path)) return { limit: LARGEST_TEXT, isNeeded: true };
  if (path === BILL_ENTRY) return { limit: LARGEST_BILL, isNeeded: false };
  return isFurtherManifest(path) && taken < MOST_TEXTS ? { limit: LARGEST_TEXT, isNeeded: false } : undefined;
}

/** Errors about the gzip stream get a sentence. All other errors are not the archive's fault. */
function explain(error: unknown): unknown {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code.startsWith("Z_")) return newError("archive_invalid", { problem: "not_gzip" });
  // Node.js ends the stream early at zeros after the gzip stream, and the pipeline then stops with either of these.
  if (code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ABORT_ERR")
    return newError("archive_invalid", { problem: "after_gzip" });
  return error;
}
