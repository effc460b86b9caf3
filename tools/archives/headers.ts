import { end, entry, folder, GNU, octal, pax, USTAR } from "./raw-tar.ts";
import { and, only, project, type Row } from "./row.ts";

export const kinds: Row[] = [
  ["the old flag of a file", and(entry("package/a", "2", { flag: "\0" })), undefined, "unpacks"],
  ["a symbolic link", and(entry("package/l", "", { flag: "2", link: "/etc" })), "is a symbolic link", "refuses"],
  ["a hard link", and(entry("package/l", "", { flag: "1", link: "package/index.js" })), "is a hard link", "refuses"],
  ["a character device", and(entry("package/d", "", { flag: "3" })), "is a character device", "refuses"],
  ["a block device", and(entry("package/d", "", { flag: "4" })), "is a block device", "refuses"],
  ["a pipe", and(entry("package/p", "", { flag: "6" })), "is a pipe", "refuses"],
  ["a contiguous file", and(entry("package/a", "2", { flag: "7" })), "is a contiguous file", "refuses"],
  ["a sparse file of GNU tar", and(entry("package/a", "2", { flag: "S", magic: GNU })), "is a sparse file", "refuses"],
  ["a global header", only(pax({ comment: "c" }, { flag: "g" }), project, end), "is a global header", "refuses"],
  ["an unknown flag", and(entry("package/a", "2", { flag: "Z" })), 'is a "Z"', "refuses"],
  [
    "a folder with the old flag of a file",
    and(entry("package/a/", "", { flag: "\0" })),
    "has a name in its path that is empty",
    "unpacks",
  ],
  [
    "a folder with a size",
    and(folder("package/a/", { size: octal(512) }), entry("package/b", "2")),
    "has a content",
    "unpacks",
  ],
  ["a file that nobody may read", and(entry("package/a", "2", { mode: "000000 \0" })), "nobody may read", "unpacks"],
];

export const numbers: Row[] = [
  ["a size with spaces before it", and(entry("package/a", "2", { size: "          1 " })), undefined, "unpacks"],
  ["a size of twelve digits", and(entry("package/a", "2", { size: "000000000001" })), undefined, "unpacks"],
  ["a negative size", and(entry("package/a", "2", { size: "-0000000001 " })), "not a plain octal one", "refuses"],
  ["a base-256 size", and(entry("package/a", "2", { size: base256(1) })), "not a plain octal one", "unpacks"],
  [
    "a negative base-256 size",
    and(entry("package/a", "2", { size: Buffer.alloc(12, 0xff) })),
    "not a plain octal one",
    "refuses",
  ],
  ["a decimal size", and(entry("package/a", "2", { size: "00000000008 " })), "not a plain octal one", "refuses"],
  [
    "a size with a NUL in it",
    and(entry("package/a", "2", { size: "1\x000000000000" })),
    "not a plain octal one",
    "unpacks",
  ],
  ["no size", and(entry("package/a", "", { size: " ".repeat(12) })), "not a plain octal one", "unpacks"],
  [
    "a size of more than is there",
    only(project, entry("package/a", "2", { size: octal(100_000) }), end),
    "ends before",
    "refuses",
  ],
  [
    "a time that is not a number",
    and(entry("package/a", "2", { mtime: "yesterday   " })),
    "not a plain octal one",
    "refuses",
  ],
  [
    "a device that is not a number",
    and(entry("package/a", "2", { device: "sda1" })),
    "not a plain octal one",
    "refuses",
  ],
  ["an owner that is not a number", and(entry("package/a", "2", { uid: "root" })), "not a plain octal one", "refuses"],
  [
    "a wrong checksum",
    and(entry("package/a", "2", { checksum: "000001\0 " })),
    "not a tar archive in the format",
    "refuses",
  ],
  ["no format", and(entry("package/a", "2", { magic: "" })), "not a tar archive in the format", "unpacks"],
  [
    "an unknown format",
    and(entry("package/a", "2", { magic: "posix\x0000" })),
    "not a tar archive in the format",
    "unpacks",
  ],
  ["GNU's format", and(entry("package/a", "2", { magic: GNU })), undefined, "unpacks"],
  [
    "a prefix in GNU's format, which has none",
    and(entry("a", "2", { magic: GNU, prefix: "package" })),
    "not a tar archive in the format",
    "unpacks",
  ],
  [
    "the format star, whose prefix is shorter",
    and(entry("a", "2", { magic: USTAR, prefix: "package", tail: `${"\0".repeat(8)}tar\0` })),
    "not a tar archive in the format",
    "unpacks",
  ],
];
function base256(value: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes[0] = 0x80;
  bytes.writeUInt32BE(value, 8);
  return bytes;
}
