// Builds the package as people get it into dist/: `node packages/sdk/build.mjs`.
//
//   core.js                 everything, one CommonJS file: to read one file is what makes the start fast
//   index.js · index.mjs    the public names of it, for require and for import: one instance, whoever asks
//   testing.js · testing.mjs, boot.js
//   *.d.ts                  plain declarations that TypeScript 3.8 understands (Pulumi's runner carries that)
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const here = dirname(fileURLToPath(import.meta.url));

/** Tests build into a folder of their own, and without the declarations, which take most of the time. */
export async function buildSdk({ dist = join(here, "dist"), declarations = true } = {}) {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const write = (name, ...lines) => writeFileSync(join(dist, name), `${lines.join("\n")}\n`);

  const { metafile } = await bundle("src/core.ts", join(dist, "core.js"));
  await bundle("src/testing/index.ts", join(dist, "testing.js"), [coreIsElsewhere]);
  write("THIRD-PARTY.md", "This package holds, in part or in whole:\n", ...bundledPackages(metafile));
  const names = publicNames("src/index.ts");
  write(
    "index.js",
    STRICT,
    'const core = require("./core.js");',
    ...names.map((one) => `exports.${one} = core.${one};`),
  );
  write("index.mjs", 'import cjs from "./index.js";', `export const { ${names.join(", ")} } = cjs;`);
  const testing = publicNames("src/testing/index.ts");
  write("testing.mjs", 'import cjs from "./testing.js";', `export const { ${testing.join(", ")} } = cjs;`);
  write("boot.js", '"use strict";', 'require("./core.js").boot(process.argv.slice(2));');
  if (declarations) await writeDeclarations(dist);
  for (const name of ["index", "testing"]) write(`${name}.d.mts`, `export * from "./${name}.js";`);
  write("package.json", JSON.stringify(manifest(), null, 2));
  cpSync(join(here, "README.md"), join(dist, "README.md"));
  cpSync(join(here, "../../LICENSE"), join(dist, "LICENSE"));
}

const STRICT = '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });';

function bundle(entry, outfile, plugins = []) {
  return build({
    entryPoints: [join(here, entry)],
    outfile,
    plugins,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    conditions: ["source"],
    minifySyntax: true,
    minifyWhitespace: true,
    define: { "import.meta.filename": "__filename" },
    legalComments: "inline",
    logLevel: "warning",
    metafile: true,
  });
}

/** One line for each package whose code went into the file. */
function bundledPackages({ inputs }) {
  const folders = Object.keys(inputs).map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(folders)].filter(Boolean).map((folder) => {
    const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `- ${name} ${version}, ${license}, ${repository?.url ?? repository}`;
  });
}

/** The test kit shares the classes of the package: its own copy of them would know nothing of the pack's. */
const coreIsElsewhere = {
  name: "core-is-elsewhere",
  setup({ onResolve }) {
    onResolve({ filter: /\/core\.ts$/ }, () => ({ path: "./core.js", external: true }));
  },
};

/** Names of values, from the source: what an `export type` names is not there at run time. */
function publicNames(entry) {
  return [...readFileSync(join(here, entry), "utf8").matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, list]) => list.split(","))
    .map((item) => item.trim())
    .filter((item) => item && !item.startsWith("type "))
    .sort();
}

/** One flat file per entry; what both use is in a third. Classes of `@pulumi/pulumi` stay imports. */
async function writeDeclarations(dist) {
  const bundled = await rollup({
    input: { index: join(here, "src/index.ts"), testing: join(here, "src/testing/index.ts") },
    external: /^(@pulumi|node:)/,
    plugins: [dts({ tsconfig: join(here, "../../tsconfig.json") })],
  });
  await bundled.write({ dir: dist, format: "es", entryFileNames: "[name].d.ts", chunkFileNames: "types.d.ts" });
}

/** The manifest that pack authors get: no dependency, and nothing of this workspace. */
function manifest() {
  const { name, version, description, license, engines, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(here, "package.json"), "utf8"),
  );
  const entry = (file) => ({
    import: { types: `./${file}.d.mts`, default: `./${file}.mjs` },
    require: { types: `./${file}.d.ts`, default: `./${file}.js` },
  });
  return {
    name,
    version,
    description,
    license,
    engines,
    main: "./index.js",
    types: "./index.d.ts",
    exports: {
      ".": entry("index"),
      "./testing": entry("testing"),
      "./boot": "./boot.js",
      "./package.json": "./package.json",
    },
    peerDependencies,
    peerDependenciesMeta,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSdk();
