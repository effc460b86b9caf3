import type { Metafile } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { computedNames } from "./computed-names.ts";
import { readersOfOtherFiles } from "./other-files.ts";
import type { NodePack } from "./pack.ts";
import { problemLine } from "./problems.ts";
import { TestFolder } from "./testing.ts";

const LOADS = "index.js:2: it may load code that a bundle does not carry";

test.each<[string, string, string[]]>([
  ["a worker", 'new Worker("./a.js");', [LOADS]],
  ["a worker by another name", 'const { Worker: Other } = require("worker_threads");', [LOADS]],
  ["a worker as a member", 'new threads.Worker("./a.js"); // worker_threads', [LOADS]],
  ["an import in a text", 'new Function("name", "return import(name)")("helpers");', [LOADS]],
  ["what the program that started it loads", 'require.main.require("helpers");', [LOADS]],
  [
    "a script in a shell",
    'require("child_process").execSync("node ./a.js");',
    ["index.js:2: it may start a script with Node.js, and what that imports is not beside a bundle"],
  ],
  ["Node.js's own loader", 'require("module")._load("helpers");', [LOADS]],
  [
    "a script of its own",
    'require("child_process").execFileSync(process.execPath, [__dirname + "/a.js"]);',
    ["index.js:2: it may start a script with Node.js, and what that imports is not beside a bundle"],
  ],
  ["a script in a process of its own", 'require("child_process").fork("./a.js");', [LOADS]],
  ["a script, by a name of its own", 'const { fork } = await import("node:child_process"); fork(script);', [LOADS]],
  ["itself", 'import cluster from "cluster"; cluster.fork();', [LOADS]],
  ["a method of that name", "class Schema { fork(paths) { return this.ids.fork(paths); } } // No child_process.", []],
  ["a require that is called by other means", 'require.call(module, "./" + name);', [LOADS]],
  [
    "who loaded it",
    "if (!module.parent) main();",
    ["index.js:2: it asks what Node.js knows of its module, and in a bundle modules have only their exports"],
  ],
  ["a variable that is named module", "files.map((module) => module.path);", []],
  ["a program that is no script", 'require("child_process").execFileSync("git", ["log"]);', []],
  ["a worker of a cluster", 'type === "Worker";', []],
])("what a bundle does not carry is found: %s", (_, code, wanted) => {
  const folder = new TestFolder({ "index.js": `// A policy.\n${code}` });
  onTestFinished(() => folder.remove());
  const metafile = { inputs: {}, outputs: { "index.js": { inputs: { "index.js": {} } } } } as unknown as Metafile;
  const found = readersOfOtherFiles({ directory: folder.directory } as NodePack, metafile);
  expect(found.map(problemLine)).toEqual(wanted);
});

test("a module is found that is loaded by a name of which only the beginning is known", () => {
  const folder = new TestFolder({ "index.js": '// A policy.\nrequire("./rules/" + kind);' });
  onTestFinished(() => folder.remove());
  const imports = [{ path: "./rules/**/*", kind: "require-call", external: true }];
  const metafile = { inputs: { "index.js": { bytes: 1, imports } }, outputs: {} } as unknown as Metafile;
  expect(computedNames({ directory: folder.directory } as NodePack, metafile).map(problemLine)).toEqual([
    "index.js:2: it loads a module by a computed name, ./rules/**/*",
  ]);
});
