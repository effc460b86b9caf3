import { describe, expect, onTestFinished, test } from "vitest";
import { bundlePack, packAsItIs, problemLine } from "./index.ts";
import { manifest, packsInTests, pets, TestFolder, telling, unpack } from "./testing.ts";

const { cache, lay, bundle } = packsInTests();

const inTypeScript = (compilerOptions: object) => ({
  "package.json": manifest({ main: "index.ts" }),
  "tsconfig.json": JSON.stringify({ compilerOptions }),
});

describe("what can't be one bundle is published as it is, and said with its place", () => {
  test.each<[string, string, string]>([
    ["a computed require", "require(process.env.NAME)", 'index.js:2:25: This call to "require" will not be bundled'],
    ["a computed import", "import(process.env.NAME)", 'index.js:2:25: This "import" expression will not be bundled'],
    ["a native addon", 'require("./pets.node")', 'index.js:2:33: No loader is configured for ".node" files: pets.node'],
    [
      "a dependency that looks for its own files",
      'require("helpers");',
      "node_modules/helpers/index.js:2: it asks where its own file is",
    ],
    [
      "a library of the workspace that looks for its own files",
      'require("library");',
      "index.js:1: it asks where its own file is",
    ],
    [
      "what an installed package tries and is not there",
      'require("optional");',
      'node_modules/optional/index.js:1:9: Could not resolve "no-such-module"',
    ],
    ["code that is loaded by other means", 'new Worker("./a.js");', "index.js:2: it may load code that"],
    ["a file of a provider that its package does not load", 'require("@acme/pets/alone");', "There is no stand-in for"],
    [
      "a function of a provider",
      'const { nameFor: of } = require("@acme/pets").index; of("Ada");',
      "index.js:2:78: it calls of of @acme/pets@1.0.0, and a bundle does not carry the functions of providers",
    ],
    [
      "a file inside of the SDK",
      'require("@pulumi/policy/server");',
      "index.js:2:33: @pulumi/policy/server is inside of an SDK for policies, and a bundle has an SDK of its own",
    ],
    ["eval", "eval('1')", "index.js:2:25: Using direct eval with a bundler"],
    ["a module that waits", 'import("./waits.mjs");', "waits.mjs:1:16: Top-level await is currently not supported"],
  ])("%s", async (_, code, wanted) => {
    const library = new TestFolder({ "index.js": "exports.list = () => __dirname;" });
    onTestFinished(() => library.remove());
    const { problems, archive } = await bundle(
      {
        ...pets,
        "node_modules/@acme/pets/alone.js": "exports.alone = 1;",
        "node_modules/optional/index.js": 'require("no-such-module");',
        "index.js": telling("1", `exports.later = () => { ${code} };`),
        "pets.node": "",
        "waits.mjs": "export default await 1;",
        "node_modules/helpers/index.js": '// Reads a template.\nrequire("fs").existsSync(__dirname + "/template");',
      },
      { library: library.directory },
    );
    expect(problems.map(problemLine)).toEqual([expect.stringContaining(wanted)]);
    expect([...(await unpack(archive)).keys()]).toEqual([
      "package/PulumiPolicy.yaml",
      "package/index.js",
      "package/package.json",
      "package/pets.node",
      "package/waits.mjs",
    ]);
  });
});

test.each<[string, Record<string, string>]>([
  [
    "in TypeScript",
    {
      ...inTypeScript({ types: [] }),
      "index.ts": `interface Rule {\n  name: string;\n}\ndeclare const require: (name: string) => void;\nimport { PolicyPack } from "@pulumi/policy";
export const é: Rule = { name: "ä" }; export const load = () => require(é.name);
new PolicyPack("pack", { policies: [] });`,
    },
  ],
  [
    "that is written anew, because it names its place",
    {
      "index.js": `// Where it is.\n\n\nexports.place = () => __dirname;\n
exports.é = { name: "ä" };                 exports.load = () => require(exports.é.name);\n${telling("1")}`,
    },
  ],
])("the place of what can't be one bundle is in the author's file %s", async (_, files) => {
  const { problems } = await bundle(files);
  expect(problems.map(problemLine)).toEqual([expect.stringMatching(/^index\.[jt]s:6:65: This call to "require"/)]);
});

test("a module that PulumiPolicy.yaml has Node.js load can't be in a bundle, and other arguments can", async () => {
  const runtime = (nodeargs: string) => `runtime:\n  name: nodejs\n  options:\n    nodeargs: ${nodeargs}\n`;
  const hooked = await bundle({
    "PulumiPolicy.yaml": runtime("--stack-trace-limit=50 --require ./hook.js"),
    "index.js": telling("1"),
  });
  expect(hooked.problems.map(problemLine)).toEqual([
    "PulumiPolicy.yaml:4: nodeargs has Node.js load a module with --require, which a bundle does not carry",
  ]);
  const limited = await bundle({ "PulumiPolicy.yaml": runtime("--stack-trace-limit=50"), "index.js": telling("1") });
  expect(limited.problems).toEqual([]);
  expect((await unpack(limited.archive)).get("package/PulumiPolicy.yaml")).toContain("--stack-trace-limit=50");
});

describe("is refused, with what to do", () => {
  test.each<[string, Record<string, string>, string | RegExp]>([
    ["another runtime", { "PulumiPolicy.yaml": "runtime: python\n" }, "The policy pack's runtime is python, and"],
    ["no version", { "package.json": "{}" }, "Write the pack's version into"],
    ["a package.json that is no JSON", { "package.json": "{" }, "A Node.js policy pack needs a package.json"],
    ["no file to start", { "package.json": manifest({ main: "bin/" }) }, 'bin does not exist. Set "main"'],
    [
      "a missing module",
      { "index.js": telling("1", 'const missing = () => require("no-such-module");') },
      'The policy pack can\'t be bundled (--no-bundle publishes it as it is, if it works without):\n  index.js:2:31: Could not resolve "no-such-module"',
    ],
    ["a file for secrets", { ".env": "A=1", "index.js": telling("1") }, ".env would be published"],
    [
      "a file for secrets, where .npmignore counts",
      { ".envrc": "A=1", ".npmignore": "", "index.js": telling("1") },
      "or name it in .npmignore.",
    ],
    [
      "a file for secrets, where files are named",
      { "bin/.env": "A=1", "package.json": manifest({ files: ["bin"] }), "index.js": telling("1") },
      'or name it in "files" of package.json, with ! before it.',
    ],
    ["a file for secrets in a folder", { "a/.env.local": "A=1", "index.js": telling("1") }, "a/.env.local would be"],
    [
      "dependencies inside of a pack that can't be one bundle",
      { "package.json": manifest({ bundleDependencies: ["helpers"] }), "index.js": telling("eval('1')") },
      "package.json names bundleDependencies, which travel only as part of one bundle.",
    ],
    ["what is no JavaScript", { "index.js": "const = 1;" }, 'index.js:1:7: Expected identifier but found "="'],
    ["a pack that does not start", { "index.js": 'throw new Error("no pets");' }, "no pets"],
    [
      "TypeScript with a mistake",
      {
        "package.json": manifest({ main: "index.ts" }),
        "index.ts": 'const text: string = 1;\nimport "@pulumi/policy";',
      },
      "index.ts:1:7: Type 'number' is not assignable to type 'string'. (TS2322)",
    ],
    [
      "TypeScript with options that do not fit those of Pulumi's runner",
      { ...inTypeScript({ module: "commonjs" }), "index.ts": 'import "@pulumi/policy";' },
      /with the target ES2020, module nodenext, moduleResolution nodenext of Pulumi's runner:\n.*\(TS5110\)/,
    ],
    [
      "TypeScript with options that Pulumi's runner refuses, and compiling it for a bundle does not need",
      { ...inTypeScript({ allowImportingTsExtensions: true, noEmit: true }), "index.ts": 'import "@pulumi/policy";' },
      "(TS5096)",
    ],
    [
      "a pack that fails once its PolicyPack is made",
      { "index.js": `${telling("1")}\nthrow new Error("too late");` },
      /fails after its PolicyPack is made.*too late/s,
    ],
    [
      "two policies of one name",
      { "index.js": telling("1").replace("policies: [", "policies: [{ name: 'tells', validateResource() {} }, ") },
      'Two policies of the pack are named "tells"',
    ],
  ])("%s", async (_, files, wanted) => {
    await expect(bundle(files)).rejects.toThrow(wanted);
  });
});

test("of a pack that neither starts nor can be bundled, the place of the mistake is told, although the start fails first", async () => {
  const pulumi = "node_modules/@pulumi/pulumi";
  const pack = new TestFolder({
    "PulumiPolicy.yaml": "runtime: nodejs",
    "package.json": manifest({}),
    "index.js": `${"f();".repeat(3_000_000)}\nconst = 1;`,
    [`${pulumi}/package.json`]: "{}",
    [`${pulumi}/cmd/run-policy-pack/index.js`]: "process.exit(1);",
  });
  onTestFinished(() => pack.remove());
  await expect(bundlePack({ directory: pack.directory, cache })).rejects.toThrow("index.js:2:7: Expected identifier");
});

test("a version that exists counts more than what the compiler says: it is found before", async () => {
  const { directory } = lay({
    "PulumiPolicy.yaml": "runtime: nodejs\nversion: 2.0.0\n",
    "package.json": manifest({ main: "index.ts" }),
    "index.ts":
      'import { PolicyPack } from "@pulumi/policy";\nconst text: string = 1;\nnew PolicyPack("cats", { policies: [] });',
  });
  const onNamed = async (named: object) => {
    throw new Error(`there is ${JSON.stringify(named)}`);
  };
  const wanted = 'there is {"name":"cats","versionTag":"2.0.0"}';
  await expect(bundlePack({ directory, cache, onNamed })).rejects.toThrow(wanted);
  await expect(packAsItIs({ directory, onNamed })).rejects.toThrow(wanted);
});

test("a pack that is not installed is told to install it, with its own program", async () => {
  const pack = new TestFolder({
    "PulumiPolicy.yaml": "runtime: { name: nodejs, options: { packagemanager: pnpm } }",
    "package.json": manifest({}),
    "index.js": telling("1"),
  });
  onTestFinished(() => pack.remove());
  await expect(bundlePack({ directory: pack.directory, cache })).rejects.toThrow("Run `pnpm install` there");
});

describe("as it is, a pack is refused that no client could install or start:", () => {
  const dependencies = (more: object) => ({
    "package.json": manifest({ dependencies: more }),
    "index.js": telling("1"),
  });
  test.each<[string, Record<string, string>, string]>([
    [
      "a file elsewhere",
      dependencies({ shared: "file:../shared" }),
      'package.json asks for shared from "file:../shared"',
    ],
    ["a link", dependencies({ shared: "link:lib/shared" }), 'asks for shared from "link:lib/shared"'],
    ["a workspace", dependencies({ shared: "workspace:*" }), 'asks for shared from "workspace:*"'],
    [
      "a folder that is left out",
      { ...dependencies({ shared: "file:lib/shared" }), ".npmignore": "lib", "lib/shared/package.json": "{}" },
      'asks for shared from "file:lib/shared", which is not published with the policy pack',
    ],
    ["Quillon's SDK", dependencies({ "@quillon/policy": "^0.1.0" }), "asks for @quillon/policy, which is in no public"],
    [
      "the file that starts it",
      { ".npmignore": "index.js", "index.js": telling("1") },
      "index.js, which starts the policy pack, would not be published.",
    ],
  ])("%s", async (_, files, wanted) => {
    const pack = lay(files);
    await expect(packAsItIs({ directory: pack.directory })).rejects.toThrow(wanted);
  });

  test.each<[string, Record<string, string>]>([
    ["a folder that is published", { ...dependencies({ shared: "file:lib/shared" }), "lib/shared/package.json": "{}" }],
    [
      "a link inside, with another program than npm",
      {
        ...dependencies({ shared: "link:./lib/shared/" }),
        "lib/shared/package.json": "{}",
        "PulumiPolicy.yaml": "runtime: { name: nodejs, options: { packagemanager: pnpm } }",
      },
    ],
  ])("not %s", async (_, files) => {
    const pack = lay(files);
    expect(await packAsItIs({ directory: pack.directory })).toMatchObject({ problems: [] });
  });

  test("and one that can't be a bundle either is told both", async () => {
    const files = dependencies({ shared: "file:../shared" });
    const computed = { ...files, "index.js": telling("1", "const load = (name) => require(name);") };
    await expect(bundle(computed)).rejects.toThrow(/no client can install it.*can't be one bundle:\n {2}index\.js:2/s);
  });
});
