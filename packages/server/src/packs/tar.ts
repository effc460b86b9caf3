import { newError } from "@quillon/contract";
import { ByteReader } from "./byte-reader.ts";
import { readPax } from "./pax.ts";
import { BLOCK, isZero, readHeader, readText, type TarHeader } from "./tar-header.ts";

/** Enough for every name that can be unpacked. Go's reader has a bound of 1 MiB. */
const LONGEST_EXTENSION = 64 * 1024;

export interface TarEntry {
  name: string;
  kind: "file" | "folder";
  size: number;
  readable: boolean;
  /** The whole content, in memory. Once, and only before the next entry is asked for. */
  read(): Promise<Buffer>;
}

/**
 * Reads a tar archive to its last byte. It is a reader of our own because libraries accept as much as they can, each in its own
 * way, and hide what they passed over. This one accepts only what all of them read alike.
 *
 * @throws archive_invalid
 */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(chunks);
  for (let block = await bytes.read(BLOCK); !isZero(block); block = await bytes.read(BLOCK)) {
    const header = await readExtended(bytes, readHeader(block));
    const { name, kind, size, readable } = header;
    if (kind !== "file" && kind !== "folder") throw extensionError(name);
    let isRead = false;
    const read = async () => {
      isRead = true;
      return (await bytes.read(padded(size))).subarray(0, size);
    };
    yield { name, kind, size, readable, read };
    if (!isRead) await bytes.skip(padded(size));
  }
  if (!isZero(await bytes.read(BLOCK)) || !(await bytes.restIsZero())) {
    throw newError("archive_invalid", { problem: "after_end" });
  }
}

/** Applies the header to the one after it, when it is an extension. One entry has at most one, because readers differ about two. */
async function readExtended(bytes: ByteReader, header: TarHeader): Promise<TarHeader> {
  if (header.kind !== "pax" && header.kind !== "long-name") return header;
  if (header.size > LONGEST_EXTENSION || (header.kind === "pax") !== (header.format === "ustar")) {
    throw extensionError(header.name);
  }
  const body = (await bytes.read(padded(header.size))).subarray(0, header.size);
  const { path, size } = header.kind === "pax" ? readPax(body) : { path: readText(body), size: undefined };
  const next = readHeader(await bytes.read(BLOCK));
  if (next.format !== header.format || (size !== undefined && size !== next.size)) throw extensionError(next.name);
  return path === undefined ? next : { ...next, name: path };
}

function extensionError(record: string) {
  return newError("archive_invalid", { problem: "extended_header", record });
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
