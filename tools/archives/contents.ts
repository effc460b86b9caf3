import { gzipSync } from "node:zlib";
import { end, entry, folder } from "./raw-tar.ts";
import { code, only, project, type Row } from "./row.ts";

const whole = Buffer.concat([project, code, end]);

/** A pack with this PulumiPolicy.yaml. */
const projectFile = (text: string) => only(entry("package/PulumiPolicy.yaml", text), end);

const notUtf8 = Buffer.from("runtime: nodejs\ndescription: \xe9\n", "latin1");

/** A PulumiPolicy.yaml of so many bytes. */
function manyKeys(bytes: number): string {
  let text = "runtime: nodejs\n";
  for (let key = 0; text.length < bytes - 10; key += 1) text += `${key.toString(36)}: \n`;
  return text.padEnd(bytes, "\n");
}

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
  [
    "PulumiPolicy.yaml with a key twice",
    projectFile("runtime: nodejs\nruntime: python\n"),
    "twice in one place",
    "refuses",
  ],
  ["a PulumiPolicy.yaml of many keys", projectFile(manyKeys(8 * 1024)), undefined, "unpacks"],
  ["a large PulumiPolicy.yaml", projectFile(manyKeys(9 * 1024)), "is larger than 8192 bytes", "unpacks"],
  ["a description that is a list", projectFile("runtime: nodejs\ndescription: [d]\n"), "is not a text", "refuses"],
  ["an author that is an object", projectFile("runtime: nodejs\nauthor: {name: a}\n"), "is not a text", "refuses"],
  ["a version that is a number", projectFile("runtime: nodejs\nversion: 1.0\n"), undefined, "unpacks"],
  ["options that are a text", projectFile("runtime: {name: nodejs, options: x}\n"), "is not an object", "refuses"],
  ["options that are a list", projectFile("runtime: {name: nodejs, options: [x]}\n"), "is not an object", "refuses"],
  ["options without a value", projectFile("runtime: {name: nodejs, options: }\n"), undefined, "unpacks"],
  ["YAML with a directive", projectFile("%YAML 1.2\n---\nruntime: nodejs\n"), "has a directive", "refuses"],
  ["YAML with a tag", projectFile("runtime: !!null x\n"), "has a tag", "refuses"],
  ["YAML in its own anchor", projectFile("runtime: &a {name: nodejs, options: *a}\n"), "has an anchor", "refuses"],
  ["YAML with a merged list", projectFile("runtime: nodejs\n<<: [a]\n"), "not a name", "refuses"],
  ["YAML with an empty key", projectFile('runtime: "nodejs"\n: x\n'), "not a name", "refuses"],
  ["YAML with a tab before nothing", projectFile("runtime: nodejs # c\n\t"), "has a tab", "refuses"],
  ["YAML with an escaped slash", projectFile('{"runtime": "\\/"}\n'), "has an escaped slash", "refuses"],
  ["YAML with half of a character", projectFile('runtime: "\\ud83d\\ude00"\n'), "half of a character", "refuses"],
  ["YAML with a character for no text", projectFile("runtime: nodejs\na: \ufffe\n"), "that is not shown", "refuses"],
  ["YAML that is not UTF-8", only(entry("package/PulumiPolicy.yaml", notUtf8), end), "that is not shown", "refuses"],
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
