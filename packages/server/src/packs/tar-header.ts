import { isUtf8 } from "node:buffer";
import { newError } from "@quillon/contract";

/** Headers and contents of a tar archive begin at multiples of this many bytes. */
export const BLOCK = 512;

export interface TarHeader {
  name: string;
  /** Of the content that follows, in bytes. */
  size: number;
  /** `pax` and `long-name` say more about the entry after them. */
  kind: "file" | "folder" | "pax" | "long-name";
  /** Whether the file's owner may read it once it is unpacked. */
  readable: boolean;
  format: "ustar" | "gnu";
}

const KINDS: Readonly<Record<string, TarHeader["kind"]>> = {
  "0": "file",
  "\0": "file",
  "5": "folder",
  x: "pax",
  L: "long-name",
};

/** What the message calls the entries that are refused. The Pulumi CLI 3.220 unpacks none of them. */
const REFUSED: Readonly<Record<string, string>> = {
  "1": "hard link",
  "2": "symbolic link",
  "3": "character device",
  "4": "block device",
  "6": "pipe",
  "7": "contiguous file",
  S: "sparse file",
  g: "global header",
};

/** Where the owner, group, time and device numbers are, and how long. */
const OTHERS = [
  [108, 8],
  [116, 8],
  [136, 12],
  [329, 8],
  [337, 8],
] as const;

/**
 * Reads one header, and refuses what two unpackers may read differently: each field has one meaning or is refused.
 *
 * @throws archive_invalid
 */
export function readHeader(block: Buffer): TarHeader {
  if (readOctal(block, 148, 8) !== checksumOf(block)) throw newError("archive_invalid", { problem: "not_tar" });
  const format = formatOf(block);
  const name = readName(block, format);
  const flag = block.toString("latin1", 156, 157);
  const kind = KINDS[flag];
  if (!kind) {
    throw newError("archive_invalid", { problem: "entry_type", entry: name, type: REFUSED[flag] ?? `"${flag}"` });
  }
  const [size, mode] = [readOctal(block, 124, 12), readOctal(block, 100, 8)];
  // They don't matter here, but an unpacker that can't read them gives up.
  const others = OTHERS.map(([start, length]) => readOctal(block, start, length, 0));
  if (size === undefined || mode === undefined || others.includes(undefined)) {
    throw newError("archive_invalid", { problem: "entry_number", entry: name });
  }
  return { name, size, kind, readable: (mode & 0o400) !== 0, format };
}

/** Only one of the formats has the prefix of a name. What follows the fields must be empty, because a third format (star) uses it. */
function formatOf(block: Buffer): TarHeader["format"] {
  const magic = block.toString("latin1", 257, 265);
  if (magic === "ustar\x0000" && isZero(block.subarray(500))) return "ustar";
  if (magic === "ustar  \0" && isZero(block.subarray(345))) return "gnu";
  throw newError("archive_invalid", { problem: "not_tar" });
}

function readName(block: Buffer, format: TarHeader["format"]): string {
  const name = readText(block.subarray(0, 100));
  const prefix = format === "ustar" ? readText(block.subarray(345, 500)) : "";
  return prefix ? `${prefix}/${name}` : name;
}

/**
 * The text up to the first NUL.
 *
 * @throws archive_invalid when it is not UTF-8.
 */
export function readText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  if (isUtf8(text)) return text.toString("utf8");
  throw newError("archive_invalid", { problem: "entry_character", entry: text.toString("latin1") });
}

/** @returns `blank` when the field is empty; undefined when it is not an octal number, such as a negative or base-256 one. */
function readOctal(block: Buffer, start: number, length: number, blank?: number): number | undefined {
  const text = block.toString("latin1", start, start + length);
  if (/^[ \0]*$/.test(text)) return blank;
  const digits = /^ *([0-7]+)[ \0]*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

/** The sum of all bytes, those of the checksum itself counted as spaces. */
function checksumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  return sum;
}

export function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
