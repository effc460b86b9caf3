import { inflateRawSync } from "node:zlib";

/** What the end of an archive begins with, and how its fields are found: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const END = Buffer.from("PK\x05\x06", "latin1");
const DIRECTORY_ENTRY = 46;
const LOCAL_ENTRY = 30;
const DEFLATED = 8;
/** Where systems with such permissions write them. */
const CAN_RUN = 0o111 << 16;

interface ZippedFile {
  content: Buffer;
  isProgram: boolean;
}

/** The files of a zip archive that a package index has served, by path. @throws Error when it is none. */
export function readZip(zip: Buffer): Map<string, ZippedFile> {
  const end = zip.lastIndexOf(END);
  if (end < 0) throw new Error("it is no zip archive");
  const files = new Map<string, ZippedFile>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const size = zip.readUInt32LE(at + 20);
    const lengths = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString("utf8", at + DIRECTORY_ENTRY, at + DIRECTORY_ENTRY + (lengths[0] ?? 0));
    const start = local + LOCAL_ENTRY + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + size);
    const isDeflated = zip.readUInt16LE(at + 10) === DEFLATED;
    const content = isDeflated ? inflateRawSync(packed) : packed;
    if (!name.endsWith("/")) files.set(name, { content, isProgram: (zip.readUInt32LE(at + 38) & CAN_RUN) !== 0 });
    at += lengths.reduce((sum, length) => sum + length, DIRECTORY_ENTRY);
  }
  return files;
}
