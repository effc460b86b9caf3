import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ASSET, encodeStruct, SIGNATURE } from "@quillon/proto";
import { Analyzer, nodeCommand, startPack } from "@quillon/runner";
import { afterAll, afterEach, describe, expect, onTestFinished, test } from "vitest";
import { bundlePack, packAsItIs, problemLine } from "./index.ts";
import { manifest, pets, programsIn, TestFolder, telling, testPack, unpack } from "./testing.ts";

// The SDK inside bundles, and what describes providers, are those of the last `npm run build`.

const cache = mkdtempSync(join(tmpdir(), "quillon-cache-"));
let pack: TestFolder | undefined;

afterAll(() => rmSync(cache, { recursive: true }));
afterEach(() => pack?.remove());

function bundle(files: Record<string, string>, linked?: Record<string, string>, options: { keepSdk?: boolean } = {}) {
  pack = testPack(files, linked);
  return bundlePack({ directory: pack.directory, cache, ...options });
}

/** What the pack of `telling` says, bundled. It says the same as it is, because else it is refused. */
async function told(files: Record<string, string>): Promise<unknown> {
  const { description, problems } = await bundle(files);
  expect(problems.map(problemLine)).toEqual([]);
  return JSON.parse(description.policies[0]?.description ?? "");
}

function manyFiles(count: number): Record<string, string> {
  const number = (n: number) => `require("./${n % count}").number`;
  const code = (n: number) =>
    `exports.number = ${n}; exports.around = () => ${[1, 7, 1000].map((step) => number(n + step)).join(" + ")};`;
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`files/${n}.js`, code(n)]));
}

describe("the archive", () => {
  test("has the pack, its data, and one dependency that needs no installing", async () => {
    const { archive } = await bundle({
      "PulumiPolicy.yaml":
        "runtime:\n  name: nodejs\n  options:\n    packagemanager: pnpm\ndescription: Pets\nmain: src\n",
      "package.json": manifest({
        main: "src/index.js",
        scripts: { postinstall: "exit 1" },
        dependencies: { nothing: "1" },
        peerDependenciesMeta: { nothing: { optional: true } },
        workspaces: ["nowhere"],
        type: "commonjs",
        owners: ["web"],
      }),
      "src/index.js": telling("require('./other')"),
      "src/other.js": "module.exports = 'other';",
      "data/allowed.json": "[]",
      "@team/words.txt": "",
      "README.md": "# Pets",
    });
    const files = await unpack(archive);
    expect([...files.keys()]).toEqual([
      "package/@team/words.txt",
      "package/PulumiPolicy.yaml",
      "package/README.md",
      "package/bom.cdx.json",
      "package/data/allowed.json",
      "package/index.js",
      "package/index.js.map",
      "package/node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js",
      "package/node_modules/@pulumi/pulumi/package.json",
      "package/package.json",
    ]);
    expect(files.get("package/PulumiPolicy.yaml")).toBe("runtime:\n  name: nodejs\n  options: {}\ndescription: Pets\n");
    expect(JSON.parse(files.get("package/package.json") ?? "")).toEqual({
      name: "pack",
      version: "1.2.3",
      owners: ["web"],
      main: "index.js",
      engines: { node: ">=20.19" },
      dependencies: { "@pulumi/pulumi": expect.stringMatching(/^3\./) },
      bundleDependencies: ["@pulumi/pulumi"],
    });
  });

  test("has the same bytes each time", async () => {
    const files = { "index.js": telling("1") };
    const [one, other] = [await bundle(files), await bundle(files)];
    expect(other.archive.equals(one.archive)).toBe(true);
    expect(one.archive.length).toBeLessThan(100_000);
  });
});

describe("a pack", () => {
  test.each<[string, Record<string, string>, unknown]>([
    [
      "reads files beside its own",
      {
        "package.json": manifest({ main: "src/index.js" }),
        "src/index.js": telling(
          'require("fs").readFileSync(require("path").join(__dirname, "..", "data", "a.txt"), "utf8")',
        ),
        "data/a.txt": "text",
      },
      "text",
    ],
    [
      "is written in ES modules, and reads files by import.meta.url",
      {
        "package.json": manifest({ main: "index.mjs" }),
        "index.mjs": `import { readFileSync } from "node:fs";
import { PolicyPack } from "@pulumi/policy";
import { word } from "./lib/word.mjs";
new PolicyPack("pack", { policies: [{ name: "tells", enforcementLevel: "advisory", description: JSON.stringify(word), validateResource() {} }] });`,
        "lib/word.mjs": `import { readFileSync } from "node:fs";
export const word = readFileSync(new URL("word.txt", import.meta.url), "utf8");`,
        "lib/word.txt": "word",
      },
      "word",
    ],
    [
      "names its place as ES modules do",
      {
        "package.json": manifest({ main: "src/index.mjs" }),
        "src/index.mjs": `#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PolicyPack } from "@pulumi/policy";
const __filename = fileURLToPath(import.meta.url);
const __dirname = dirname(__filename);
const text = readFileSync(join(__dirname, "a.txt"), "utf8");
new PolicyPack("pack", { policies: [{ name: "tells", enforcementLevel: "advisory", description: JSON.stringify(text), validateResource() {} }] });`,
        "src/a.txt": "text",
      },
      "text",
    ],
    [
      "has two versions of a provider, its own and that of a dependency",
      {
        ...pets,
        "node_modules/helpers/package.json": JSON.stringify({ name: "helpers", main: "index.js" }),
        "node_modules/helpers/index.js": 'exports.Cat = require("@acme/pets").Cat;',
        "node_modules/helpers/node_modules/@acme/pets/package.json": JSON.stringify({
          name: "@acme/pets",
          version: "0.1.0",
          main: "index.js",
          pulumi: { resource: true },
        }),
        "node_modules/helpers/node_modules/@acme/pets/index.js":
          'exports.__esModule = true; class Cat {} Cat.__pulumiType = "pets:index/cat:Cat"; exports.Cat = Cat;',
        "index.js": telling('[require("@acme/pets").index.Dog.__pulumiType, require("helpers").Cat.__pulumiType]'),
      },
      ["pets:index/dog:Dog", "pets:index/cat:Cat"],
    ],
    [
      "compares with a provider's types, enums and configuration, whole and by file",
      {
        ...pets,
        "index.js": telling(
          `[
  pets.index.Dog.__pulumiType, pets.index.Dog.name, pets.index.Dog.isInstance({ __pulumiType: "pets:index/dog:Dog" }),
  pets.index.Dog.isInstance({ __pulumiType: "pets:index/cat:Cat" }), pets.index.Dog.isInstance(undefined),
  pets.Provider.__pulumiType, pets.Provider.isInstance({ __pulumiType: "pulumi:providers:pets" }),
  pets.index.Size, pets.types.enums.Colour.Black, pets.config.owner, pets.config.many, Object.keys(pets.index), Dog === pets.index.Dog,
  {} instanceof pets.index.Kennel, pets.index.Kennel.places,
]`,
          `const pets = require("@acme/pets");\nconst { Dog } = require("@acme/pets/index/dog");`,
        ),
      },
      [
        "pets:index/dog:Dog",
        "Dog",
        true,
        false,
        false,
        "pets",
        true,
        { Small: "small", Large: "large" },
        "black",
        null,
        2,
        ["Dog", "getDog", "nameFor", "Kennel", "Size"],
        true,
        false,
        3,
      ],
    ],
    [
      "reads its own package.json",
      {
        "package.json": manifest({ main: "src/index.js", type: "commonjs", owners: ["web"] }),
        "src/index.js": telling(
          'JSON.parse(require("fs").readFileSync(require("path").join(__dirname, "../package.json"), "utf8")).owners',
        ),
      },
      ["web"],
    ],
    [
      "reads a file that it imports, too",
      {
        "a.json": "[1]",
        "index.js": telling('[require("./a.json"), JSON.parse(require("fs").readFileSync("a.json", "utf8"))]'),
      },
      [[1], [1]],
    ],
    [
      "has files that import each other",
      {
        "index.js": telling('require("./a").both()'),
        "a.js": 'exports.name = "a"; const b = require("./b"); exports.both = () => exports.name + b.name + b.seen;',
        "b.js": 'exports.seen = require("./a").name; exports.name = "b";',
      },
      "aba",
    ],
    [
      "has thousands of files that import each other",
      { "index.js": telling('require("./files/1000").around()'), ...manyFiles(3000) },
      1001 + 1007 + 2000,
    ],
    [
      "uses what @pulumi/pulumi has for policies",
      {
        "index.js": telling(
          "[pulumi.Output.isInstance(1), pulumi.Resource.isInstance({}), new pulumi.Config('a').get('b'), typeof pulumi.asset.FileAsset]",
          'const pulumi = require("@pulumi/pulumi");',
        ),
      },
      [false, false, null, "function"],
    ],
    [
      "has the SDK's module whatever imports it",
      {
        "node_modules/helpers/package.json": JSON.stringify({ name: "helpers", main: "index.js" }),
        "node_modules/helpers/index.js":
          'exports.UnknownValueError = require("@pulumi/policy/proxy").UnknownValueError;',
        "index.js": telling('require("helpers").UnknownValueError === require("@pulumi/policy").UnknownValueError'),
      },
      true,
    ],
  ])("%s", async (_, files, wanted) => {
    expect(await told(files)).toEqual(wanted);
  });

  test("reads its provider's configuration, also where that reads it once, while it loads", async () => {
    process.env.PULUMI_CONFIG = JSON.stringify({
      "pets:owner": "Ada",
      "pets:tail": "long",
      "pets:legs": "3",
      "pets:tame": "false",
    });
    try {
      const config = 'const { config } = require("@acme/pets");';
      const read = "[config.owner, config.tail, config.legs, config.ears, config.fur, config.tame]";
      expect(await told({ ...pets, "index.js": telling(read, config) })).toEqual(["Ada", "long", 3, 2, null, true]);
    } finally {
      delete process.env.PULUMI_CONFIG;
    }
  });

  test("in TypeScript is compiled as Pulumi's runner does, with its own compiler", async () => {
    const index = telling("answer + [...new Set([1, 1])].length", 'import { answer } from "./answer";').replace(
      'const { PolicyPack } = require("@pulumi/policy");',
      'import { PolicyPack } from "@pulumi/policy";',
    );
    const files = {
      "package.json": manifest({ main: "index.ts" }),
      "index.ts": index,
      "answer.ts": "export const enum Numbers { Answer = 41 }\nexport const answer: number = Numbers.Answer;",
    };
    expect(await told(files)).toBe(42);
  });
});

describe("nothing of the publisher's machine is in the archive:", () => {
  test("no path, and nothing that a provider's package read of the environment", async () => {
    process.env.PETS_TOKEN = "a token of the publisher";
    try {
      const { archive } = await bundle({ ...pets, "index.js": telling('require("@acme/pets").index.Dog.name') });
      const all = [...(await unpack(archive)).values()].join("\n");
      expect(all).toContain("pets:index/dog:Dog");
      expect(all).not.toContain("a token of the publisher");
      expect(all).not.toContain(pack?.directory.split("/").at(-1));
      expect(all).not.toContain(process.cwd());
    } finally {
      delete process.env.PETS_TOKEN;
    }
  });
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
    ]);
  });
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
  pack?.remove();
  const limited = await bundle({ "PulumiPolicy.yaml": runtime("--stack-trace-limit=50"), "index.js": telling("1") });
  expect(limited.problems).toEqual([]);
  expect((await unpack(limited.archive)).get("package/PulumiPolicy.yaml")).toContain("--stack-trace-limit=50");
});

test("no script of a pack runs, and none is in the archive", async () => {
  const script = `node -e "require('fs').writeFileSync('ran', '')"`;
  const names = ["preinstall", "install", "postinstall", "prepare", "prepack", "prepublishOnly"];
  const scripts = Object.fromEntries(names.map((name) => [name, script]));
  const { archive } = await bundle({ "package.json": manifest({ scripts }), "index.js": telling("1") });
  expect(existsSync(join(pack?.directory ?? "", "ran"))).toBe(false);
  expect(JSON.parse((await unpack(archive)).get("package/package.json") ?? "")).not.toHaveProperty("scripts");
});

describe("with its own SDK", () => {
  test("a pack says what it is, and answers", async () => {
    const { archive, problems, description } = await bundle(
      {
        "index.js": `const { version } = require("@pulumi/policy/version");
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("pack", { policies: [{
  name: "tells", enforcementLevel: "advisory", description: version,
  validateResource: ({ props }, report) => { if (props.bad) throw new Error("so bad"); report("seen " + props.size); },
}] });`,
      },
      {},
      { keepSdk: true },
    );
    expect(problems.map(problemLine)).toEqual([]);
    expect(description.policies[0]?.description).toMatch(/^v?1\./);
    await withRunning(archive, async (analyzer) => {
      const { diagnostics } = await analyzer.analyze(about({ size: 2 }));
      expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining("seen 2")]);
      await expect(analyzer.analyze(about({ bad: true }))).rejects.toThrow(/so bad\n\s+at .*index\.js:5:/);
    });
  });
});

test("the version in PulumiPolicy.yaml counts more, as it is written", async () => {
  const files = { "PulumiPolicy.yaml": "runtime: nodejs\nversion: 1.10\n", "index.js": telling("1") };
  const versions: unknown[] = [];
  pack = testPack(files);
  const onDescribed = async ({ versionTag }: { versionTag?: string | undefined }) => void versions.push(versionTag);
  const { directory } = pack;
  const made = [await bundlePack({ directory, cache, onDescribed }), await packAsItIs({ directory, onDescribed })];
  expect([...versions, ...made.map(({ description }) => description.versionTag)]).toEqual(Array(4).fill("1.10"));
});

test("programs stay programs in the archive", async () => {
  pack = testPack({ "index.js": telling("1"), "bin/check": "#!/bin/sh\n" });
  chmodSync(join(pack.directory, "bin/check"), 0o700);
  const { archive } = await bundlePack({ directory: pack.directory, cache });
  expect(await programsIn(archive)).toEqual(["package/bin/check"]);
});

describe("is refused, with what to do", () => {
  test.each<[string, Record<string, string>, string]>([
    ["another runtime", { "PulumiPolicy.yaml": "runtime: python\n" }, "The policy pack's runtime is python, and"],
    ["no version", { "package.json": "{}" }, "Write the pack's version into"],
    ["a package.json that is no JSON", { "package.json": "{" }, "A Node.js policy pack needs a package.json"],
    ["no file to start", { "package.json": manifest({ main: "bin/" }) }, 'bin does not exist. Set "main"'],
    [
      "a missing module",
      { "index.js": telling("1", 'const missing = () => require("no-such-module");') },
      'index.js:2:31: Could not resolve "no-such-module"',
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
      "dependencies inside",
      { "package.json": manifest({ bundleDependencies: ["helpers"] }), "index.js": telling("1") },
      "package.json names bundleDependencies",
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
  ])("%s", async (_, files, wanted) => {
    await expect(bundle(files)).rejects.toThrow(wanted);
  });
});

test("of a pack that neither starts nor can be bundled, the place of the mistake is told, although the start fails first", async () => {
  const pulumi = "node_modules/@pulumi/pulumi";
  pack = new TestFolder({
    "PulumiPolicy.yaml": "runtime: nodejs",
    "package.json": manifest({}),
    "index.js": `${"f();".repeat(3_000_000)}\nconst = 1;`,
    [`${pulumi}/package.json`]: "{}",
    [`${pulumi}/cmd/run-policy-pack/index.js`]: "process.exit(1);",
  });
  await expect(bundlePack({ directory: pack.directory, cache })).rejects.toThrow("index.js:2:7: Expected identifier");
});

test("a pack that is not installed is told to install it", async () => {
  pack = new TestFolder({
    "PulumiPolicy.yaml": "runtime: nodejs",
    "package.json": manifest({}),
    "index.js": telling("1"),
  });
  await expect(bundlePack({ directory: pack.directory, cache })).rejects.toThrow("Run `npm install` there");
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
    pack = testPack(files);
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
    pack = testPack(files);
    expect(await packAsItIs({ directory: pack.directory })).toMatchObject({ problems: [] });
  });

  test("and one that can't be a bundle either is told both", async () => {
    const files = dependencies({ shared: "file:../shared" });
    const computed = { ...files, "index.js": telling("1", "const load = (name) => require(name);") };
    await expect(bundle(computed)).rejects.toThrow(/no client can install it.*can't be one bundle:\n {2}index\.js:2/s);
  });
});

describe("when it runs", () => {
  test("an error of a policy names the author's file and line, and an asset is one of the pack's classes", async () => {
    const { archive } = await bundle({
      "package.json": manifest({ main: "src/index.js" }),
      "src/index.js": `const pulumi = require("@pulumi/pulumi");
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("pack", { policies: [{
  name: "assets",
  description: "Looks at assets.",
  enforcementLevel: "advisory",
  validateResource({ props }, report) {
    if (props.content instanceof pulumi.asset.StringAsset) report("a text");
    else throw new Error("no asset");
  },
}] });`,
    });
    await withRunning(archive, async (analyzer) => {
      const { diagnostics } = await analyzer.analyze(about({ content: { [SIGNATURE]: ASSET, text: "t" } }));
      expect(diagnostics.map(({ message }) => message)).toEqual(["Looks at assets.\na text"]);
      await expect(analyzer.analyze(about({}))).rejects.toThrow(/no asset\n\s+at .*src\/index\.js:9:16/);
    });
  });
});

function about(properties: object) {
  const urn = "urn:pulumi:dev::web::a:b:C::x";
  return { type: "a:b:C", urn, name: "x", options: {}, properties: encodeStruct(properties) };
}

async function withRunning(archive: Buffer, ask: (analyzer: Analyzer) => Promise<void>): Promise<void> {
  const files = [...(await unpack(archive))].map(([path, text]) => [path.replace("package/", ""), text]);
  const installed = new TestFolder(Object.fromEntries(files));
  const { directory } = installed;
  const running = await startPack({ directory, command: nodeCommand(directory) });
  const analyzer = new Analyzer(running.port);
  try {
    await ask(analyzer);
  } finally {
    analyzer.close();
    await running.stop();
    installed.remove();
  }
}
