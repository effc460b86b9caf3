// Builds the package into dist/ as people get it:
//
//   core.js                 everything in one CommonJS file, because reading one file starts fastest
//   index.js · index.mjs    its public names, for require and for import; both share one instance
//   testing.js · testing.mjs, boot.js
//   policy.js · policy.mjs, … the same names again, for what is imported from a file of @pulumi/policy
//   *.d.ts                  declarations for TypeScript 3.8 and newer, because Pulumi's runner contains 3.8
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const here = import.meta.dirname;

/**
 * Tests build into their own folder, and without the declarations, which take most of the time.
 *
 * @returns the folders of the packages whose code is in core.js.
 */
export async function buildSdk({ dist = join(here, "dist"), declarations = true } = {}): Promise<string[]> {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const write = (name: string, ...lines: string[]) => writeFileSync(join(dist, name), `${lines.join("\n")}\n`);

  const { metafile } = await bundle("src/core.ts", join(dist, "core.js"));
  await bundle("src/testing/index.ts", join(dist, "testing.js"), [coreIsElsewhere]);
  const bundled = bundledPackages(metafile);
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
  for (const name of DEEP) {
    write(`${name}.js`, 'module.exports = require("./index.js");');
    write(`${name}.mjs`, 'export * from "./index.mjs";');
    write(`${name}.d.ts`, 'export * from "./index";');
  }
  write("boot.js", '"use strict";', 'require("./core.js").boot(process.argv.slice(2));');
  if (declarations) await writeDeclarations(dist);
  for (const name of ["index", "testing", ...DEEP]) write(`${name}.d.mts`, `export * from "./${name}.js";`);
  write("package.json", JSON.stringify(manifest(), null, 2));
  cpSync(join(here, "README.md"), join(dist, "README.md"));
  cpSync(join(here, "../../LICENSE"), join(dist, "LICENSE"));
  return bundled;
}

/** The files of `@pulumi/policy` with names for authors. Its package hides none, so code imports from them. */
const DEEP = ["policy", "proxy", "schema"];

const STRICT = '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });';

function bundle(entry: string, outfile: string, plugins: Plugin[] = []) {
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

/** The folders of the packages whose code went into the file. */
function bundledPackages({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  );
  return [...new Set(folders)];
}

/** The test kit must use the same classes as the pack, so it loads core.js and contains no copy of it. */
const coreIsElsewhere: Plugin = {
  name: "core-is-elsewhere",
  setup({ onResolve }) {
    onResolve({ filter: /\/core\.ts$/ }, () => ({ path: "./core.js", external: true }));
  },
};

/** The exported names of values. Types do not exist at run time. */
function publicNames(entry: string): string[] {
  return [...readFileSync(join(here, entry), "utf8").matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, list = ""]) => list.split(","))
    .map((item) => item.trim())
    .filter((item) => item && !item.startsWith("type "))
    .sort();
}

/** One flat file per entry, and a third for what both use. Classes of `@pulumi/pulumi` stay imports. */
async function writeDeclarations(dist: string): Promise<void> {
  const bundled = await rollup({
    input: { index: join(here, "src/index.ts"), testing: join(here, "src/testing/index.ts") },
    external: /^(@pulumi|node:)/,
    plugins: [dts({ tsconfig: join(here, "../../tsconfig.json"), includeExternal: ["@quillon/contract"] })],
  });
  await bundled.write({ dir: dist, format: "es", entryFileNames: "[name].d.ts", chunkFileNames: "types.d.ts" });
}

/** The manifest that pack authors get: without dependencies, and without anything of this workspace. */
function manifest() {
  const { name, version, description, license, engines, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(here, "package.json"), "utf8"),
  );
  const entry = (file: string) => ({
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
      ...Object.fromEntries(
        ["index", ...DEEP].flatMap((name) => [`./${name}`, `./${name}.js`].map((path) => [path, entry(name)])),
      ),
      "./boot": "./boot.js",
      "./package.json": "./package.json",
    },
    peerDependencies,
    peerDependenciesMeta,
  };
}
