import { entry, GNU, longName, octal, pax } from "./raw-tar.ts";
import { and, type Row } from "./row.ts";

const long = (length: number) => `package/${"long/".repeat(60)}${"n".repeat(length)}`;

export const extensions: Row[] = [
  ["a long path", and(pax({ path: long(50) }), entry("package/n", "2")), undefined, "unpacks"],
  [
    "the records of npm, bsdtar and Go",
    and(
      pax({
        path: long(9),
        size: "1",
        mtime: "499162500.25",
        atime: "1",
        uid: "3000000",
        uname: "u",
        "SCHILY.ino": "1",
        "LIBARCHIVE.creationtime": "1",
      }),
      entry("package/n", "2"),
    ),
    undefined,
    "unpacks",
  ],
  ["a long path in GNU's way", and(longName(long(50)), entry("package/n", "2", { magic: GNU })), undefined, "unpacks"],
  [
    "a sparse file's name that leaves the folder",
    and(
      pax({
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "../../x",
        "GNU.sparse.realsize": "0",
      }),
      entry("package/a", "0\n".padEnd(512, "\0")),
    ),
    'extended header "GNU.sparse.major"',
    "outside",
  ],
  [
    "a sparse file's map",
    and(pax({ "GNU.sparse.map": "0,1", "GNU.sparse.size": "9", "GNU.sparse.numblocks": "1" }), entry("package/a", "2")),
    'extended header "GNU.sparse.map"',
    "unpacks",
  ],
  [
    "star's real size",
    and(pax({ "SCHILY.realsize": "9" }), entry("package/a", "2")),
    'extended header "SCHILY.realsize"',
    "unpacks",
  ],
  [
    "another charset",
    and(pax({ hdrcharset: "BINARY" }), entry("package/a", "2")),
    'extended header "hdrcharset"',
    "unpacks",
  ],
  [
    "a long path that leaves the folder",
    and(pax({ path: "package/../../x" }), entry("package/a", "2")),
    "leaves the folder",
    "outside",
  ],
  [
    "a long path in GNU's way that leaves the folder",
    and(longName("package/../../x"), entry("package/a", "2", { magic: GNU })),
    "leaves the folder",
    "outside",
  ],
  [
    "a path with a NUL",
    and(pax({ path: "package/a\0b" }), entry("package/a", "2")),
    'extended header "path"',
    "refuses",
  ],
  ["an empty path", and(pax({ path: "" }), entry("package/a", "2")), "extended header", "unpacks"],
  [
    "a path twice",
    and(pax("18 path=package/a\n18 path=package/b\n"), entry("package/c", "2")),
    'extended header "path"',
    "unpacks",
  ],
  [
    "another size than the header's",
    and(pax({ size: "512" }), entry("package/a", "2".repeat(1024))),
    "extended header",
    "refuses",
  ],
  [
    "a size that is not a number",
    and(pax({ size: "-1" }), entry("package/a", "2")),
    'extended header "size"',
    "refuses",
  ],
  [
    "a time that is not a number in a record",
    and(pax({ mtime: "never" }), entry("package/a", "2")),
    'extended header "mtime"',
    "refuses",
  ],
  [
    "a record with a wrong length",
    and(pax("99 path=package/b\n"), entry("package/a", "2")),
    "extended header",
    "refuses",
  ],
  ["a record without a key", and(pax("6 =x\n\n"), entry("package/a", "2")), "extended header", "refuses"],
  [
    "two extended headers",
    and(pax({ path: "package/b" }), pax({ mtime: "1" }), entry("package/a", "2")),
    "extended header",
    "unpacks",
  ],
  [
    "an extended header before GNU's format",
    and(pax({ path: "package/b" }), entry("package/a", "2", { magic: GNU })),
    "extended header",
    "unpacks",
  ],
  ["an extended header of 200 MB", and(pax({}, { size: octal(200_000_000) })), "extended header", "refuses"],
  [
    "an extended header with no entry after it",
    and(pax({ path: "package/b" })),
    "not a tar archive in the format",
    "unpacks",
  ],
];
