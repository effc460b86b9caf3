import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { newError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import { checkPack, type PackFacts } from "./check-pack.ts";
import { isFurtherManifest, isManifest } from "./dependencies.ts";
import type { PackFiles } from "./dependency.ts";
import { EntryNames } from "./entry-names.ts";
import { limitBytes } from "./limit-bytes.ts";
import { LARGEST_PROJECT_FILE, PROJECT_FILE } from "./project-file.ts";
import { readTar } from "./tar.ts";

export interface CheckedArchive {
  /** Of the packed bytes, lower-hex. */
  sha256: string;
  /** Packed, in bytes. */
  size: number;
  facts: PackFacts;
}

/** Of a file whose content is looked at, in bytes, and about how many of them. */
const LARGEST_TEXT = 256 * 1024;
const MOST_TEXTS = 50;

/** Of what is decompressed at once, in bytes. With 16 KiB, the default, most of the time is spent between chunks. */
const UNPACKED_CHUNK = 256 * 1024;

/**
 * Reads a policy pack's archive to its end, as the CLI will, and refuses what a client can't or should not unpack: what is not a
 * file or folder with a plain relative path, what unpackers read differently, a pack that the CLI could not load or whose
 * dependencies it could not install, and more than the limits allow. Nothing is written to disk. Sizes are counted while
 * the archive is decompressed.
 *
 * @throws body_too_large; archive_invalid with the entry that is refused.
 */
export async function checkArchive(
  ctx: Pick<Ctx, "workers" | "log">,
  packed: Readable,
  limits: { bytes: number; entries: number },
): Promise<CheckedArchive> {
  const hash = createHash("sha256");
  let size = 0;
  let facts: PackFacts;
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
    facts = await checkPack(ctx, files);
  } catch (error) {
    throw explain(error);
  }
  return { sha256: hash.digest("hex"), size, facts };
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
    const isNeeded = path === PROJECT_FILE || isManifest(path);
    if (!isNeeded && !(isFurtherManifest(path) && texts.size < MOST_TEXTS && entry.size <= LARGEST_TEXT)) continue;
    const limit = path === PROJECT_FILE ? LARGEST_PROJECT_FILE : LARGEST_TEXT;
    if (entry.size > limit) throw newError("archive_invalid", { problem: "large_text", entry: path, limit });
    // What editors on Windows put before the text, and the CLI leaves out.
    texts.set(path, (await entry.read()).toString("utf8").replace(/^\u{feff}/u, ""));
  }
  return { names: names.lists(), texts };
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
