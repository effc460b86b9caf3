import { gzipSync } from "node:zlib";
import { end, entry, folder } from "./raw-tar.ts";
import { code, only, project, type Row } from "./row.ts";

const whole = Buffer.concat([project, code, end]);

/** A pack with this PulumiPolicy.yaml. */
const projectFile = (text: string) => only(entry("package/PulumiPolicy.yaml", text), end);

export const projects: Row[] = [
  [
    "the runtime with options",
    projectFile("runtime:\n  name: python\n  options:\n    virtualenv: venv\n"),
    undefined,
    "unpacks",
  ],
  ["the runtime in JSON, after a byte order mark", projectFile('\u{feff}{"runtime": "nodejs"}'), undefined, "unpacks"],
  ["no PulumiPolicy.yaml", only(code, end), "has no file package/PulumiPolicy.yaml", "refuses"],
  ["nothing", only(end), "has no file package/PulumiPolicy.yaml", "refuses"],
  [
    "PulumiPolicy.yaml outside package",
    only(entry("PulumiPolicy.yaml", "runtime: nodejs\n"), end),
    "is not in the folder package",
    "refuses",
  ],
  [
    "PulumiPolicy.yml",
    only(entry("package/PulumiPolicy.yml", "runtime: nodejs\n"), end),
    "has no file package/PulumiPolicy.yaml",
    "refuses",
  ],
  [
    "PulumiPolicy.yaml in another case",
    only(entry("package/pulumipolicy.yaml", "runtime: nodejs\n"), end),
    "has no file package/PulumiPolicy.yaml",
    "refuses",
  ],
  [
    "PulumiPolicy.yaml as a folder",
    only(folder("package/PulumiPolicy.yaml"), end),
    "has no file package/PulumiPolicy.yaml",
    "refuses",
  ],
  [
    "PulumiPolicy.yaml only behind the end",
    only(code, end, project, end),
    "after the tar archive's end mark",
    "refuses",
  ],
  ["PulumiPolicy.yaml without a runtime", projectFile("description: d\n"), "names no runtime", "refuses"],
  ["PulumiPolicy.yaml without content", projectFile(""), "names no runtime", "refuses"],
  ["PulumiPolicy.yaml with a list of runtimes", projectFile("runtime: [nodejs]\n"), "names no runtime", "refuses"],
  ["PulumiPolicy.yaml with an empty runtime", projectFile('runtime: ""\n'), "names no runtime", "refuses"],
  ["PulumiPolicy.yaml that is not YAML", projectFile("runtime: [nodejs\n"), "is not YAML", "refuses"],
  ["PulumiPolicy.yaml with a key twice", projectFile("runtime: nodejs\nruntime: python\n"), "is not YAML", "refuses"],
];

export const ends: Row[] = [
  ["many zeros after the end mark", only(whole, Buffer.alloc(9 * 1024)), undefined, "unpacks"],
  [
    "two gzip streams",
    Buffer.concat([gzipSync(whole.subarray(0, 700)), gzipSync(whole.subarray(700))]),
    undefined,
    "unpacks",
  ],
  [
    "entries after the end mark",
    only(whole, entry("package/a", "2"), end),
    "after the tar archive's end mark",
    "unpacks",
  ],
  ["bytes after the end mark", only(whole, Buffer.from("x")), "after the tar archive's end mark", "unpacks"],
  [
    "one block of zeros between entries",
    only(project, Buffer.alloc(512), code, end),
    "after the tar archive's end mark",
    "refuses",
  ],
  ["no end mark", only(project, code), "ends before the tar archive's end mark", "unpacks"],
  ["half an end mark", only(project, code, Buffer.alloc(512)), "ends before the tar archive's end mark", "unpacks"],
  [
    "a tar cut short in a file",
    only(project, entry("package/a", "2".repeat(5000)).subarray(0, 2048)),
    "ends before the tar archive's end mark",
    "refuses",
  ],
  ["a gzip stream cut short", gzipSync(whole).subarray(0, -20), "not a complete gzip stream", "refuses"],
  [
    "an archive after the gzip stream's padding",
    Buffer.concat([gzipSync(whole), Buffer.alloc(9), gzipSync(whole)]),
    "more bytes after its gzip stream",
    "unpacks",
  ],
  [
    "bytes after the gzip stream",
    Buffer.concat([gzipSync(whole), Buffer.from("garbage")]),
    "not a complete gzip stream",
    "unpacks",
  ],
  ["a tar without gzip", whole, "not a complete gzip stream", "refuses"],
  ["text in gzip", gzipSync(Buffer.alloc(2000, "text")), "not a tar archive in the format", "refuses"],
  ["no bytes", Buffer.alloc(0), "is refused: it is", "refuses"],
];
