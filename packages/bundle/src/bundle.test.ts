import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundlePack, packAsItIs } from "./index.ts";
import { manifest, packsInTests, pets, programsIn, telling, unpack } from "./testing.ts";

// The SDK inside bundles, and what describes providers, are those of the last `npm run build`.

const { cache, lay, bundle, told } = packsInTests();

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

  test("has the code of dependencies that package.json has travel inside, and needs them no more", async () => {
    const { archive, sources, problems } = await bundle({
      "package.json": manifest({ dependencies: { helpers: "1.0.0" }, bundleDependencies: ["helpers"] }),
      "node_modules/helpers/package.json": JSON.stringify({ name: "helpers", version: "1.0.0" }),
      "node_modules/helpers/index.js": 'module.exports = "helps";',
      "index.js": telling('require("helpers")'),
    });
    expect(problems).toEqual([]);
    const { bundleDependencies } = JSON.parse((await unpack(archive)).get("package/package.json") ?? "");
    expect(bundleDependencies).toEqual(["@pulumi/pulumi"]);
    expect([...(await unpack(sources ?? Buffer.of())).keys()]).not.toContain("package/node_modules/helpers/index.js");
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
      "names its place as ES modules do, with names of its own",
      {
        "package.json": manifest({ main: "src/index.mjs" }),
        "src/index.mjs": `#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PolicyPack } from "@pulumi/policy";
const __filename = fileURLToPath(import.meta.url);
const __dirname = dirname(__filename);
import { places } from "./places.mjs";
const text = readFileSync(join(__dirname, "a.txt"), "utf8");
new PolicyPack("pack", { policies: [{ name: "tells", enforcementLevel: "advisory", description: JSON.stringify([text, ...places]), validateResource() {} }] });`,
        "src/places.mjs": `import { __filename } from "./names.mjs";
const __dirname = "a folder";
export const places = [__dirname, __filename];`,
        "src/names.mjs": 'export const __filename = "a file";',
        "src/a.txt": "text",
      },
      ["text", "a folder", "a file"],
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
    const imports = 'import { answer } from "./answer";\nimport { Sides } from "shapes";';
    const index = telling("answer + [...new Set([1, 1])].length + Sides.Square", imports).replace(
      'const { PolicyPack } = require("@pulumi/policy");',
      'import { PolicyPack } from "@pulumi/policy";',
    );
    const files = {
      "package.json": manifest({ main: "index.ts" }),
      "index.ts": index,
      "answer.ts": "export const enum Numbers { Answer = 41 }\nexport const answer: number = Numbers.Answer;",
      // Only the compiler knows it, and only with the types of libraries.
      "node_modules/shapes/index.d.ts": "export declare const enum Sides { Square = 4 }",
    };
    // It is bundled twice, because a draft knows no such types, and each step is told once.
    const steps: string[] = [];
    const { description } = await bundlePack({
      directory: lay(files).directory,
      cache,
      onStep: (step) => void steps.push(step),
    });
    expect(description.policies[0]?.description).toBe("46");
    expect(steps).toEqual(["resolve", "types", "bundle", "check"]);
  });
});

describe("nothing of the publisher's machine is in the archive:", () => {
  test("no path, and nothing that a provider's package read of the environment", async () => {
    process.env.PETS_TOKEN = "a token of the publisher";
    try {
      const { archive, directory } = await bundle({
        ...pets,
        "index.js": telling('require("@acme/pets").index.Dog.name'),
      });
      const all = [...(await unpack(archive)).values()].join("\n");
      expect(all).toContain("pets:index/dog:Dog");
      expect(all).not.toContain("a token of the publisher");
      expect(all).not.toContain(directory.split("/").at(-1));
      expect(all).not.toContain(process.cwd());
    } finally {
      delete process.env.PETS_TOKEN;
    }
  });
});

test("no script of a pack runs, and none is in the archive", async () => {
  const script = `node -e "require('fs').writeFileSync('ran', '')"`;
  const names = ["preinstall", "install", "postinstall", "prepare", "prepack", "prepublishOnly"];
  const scripts = Object.fromEntries(names.map((name) => [name, script]));
  const { archive, directory } = await bundle({ "package.json": manifest({ scripts }), "index.js": telling("1") });
  expect(existsSync(join(directory, "ran"))).toBe(false);
  expect(JSON.parse((await unpack(archive)).get("package/package.json") ?? "")).not.toHaveProperty("scripts");
});

test("a pack on Quillon's SDK replaces none, although another one is installed, and has none to keep", async () => {
  const files = { "index.js": telling("1").replace("@pulumi/policy", "@quillon/policy") };
  const linked = { "@quillon/policy": join(import.meta.dirname, "../../sdk/dist") };
  const { problems, sdk } = await bundle(files, linked);
  expect(problems).toEqual([]);
  expect(sdk).toEqual({ name: "@quillon/policy", version: "0.1.0" });
  await expect(bundle(files, linked, { keepSdk: true })).rejects.toThrow(
    "this pack imports none. Leave the option out.",
  );
});

test("the version in PulumiPolicy.yaml counts more, as it is written", async () => {
  const files = { "PulumiPolicy.yaml": "runtime: nodejs\nversion: 1.10\n", "index.js": telling("1") };
  const versions: unknown[] = [];
  const pack = lay(files);
  const onNamed = async ({ versionTag }: { versionTag?: string | undefined }) => void versions.push(versionTag);
  const { directory } = pack;
  const made = [await bundlePack({ directory, cache, onNamed }), await packAsItIs({ directory, onNamed })];
  expect([...versions, ...made.map(({ description }) => description.versionTag)]).toEqual(Array(4).fill("1.10"));
});

test("programs stay programs in the archive", async () => {
  const pack = lay({ "index.js": telling("1"), "bin/check": "#!/bin/sh\n" });
  chmodSync(join(pack.directory, "bin/check"), 0o700);
  const { archive } = await bundlePack({ directory: pack.directory, cache });
  expect(await programsIn(archive)).toEqual(["package/bin/check"]);
});
