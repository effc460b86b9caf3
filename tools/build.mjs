// Builds what is run, the server and the command line, each one file, and the SDK as pack authors get it. Types are
// checked by `npm run check`, not here.
import { cp, mkdir, rm } from "node:fs/promises";
import { build } from "esbuild";
import { buildSdk } from "../packages/sdk/build.mjs";

const root = new URL("../", import.meta.url);

const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  conditions: ["source"],
  sourcemap: true,
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: "warning",
  // Bundled CommonJS packages ask for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as quillonRequire } from "node:module"; const require = quillonRequire(import.meta.url);',
  },
};

/** Empties the package's dist folder and bundles its entry point into one file of it. */
async function bundle(name, { entry, outfile, ...options }) {
  const folder = new URL(`packages/${name}/`, root);
  await rm(new URL("dist/", folder), { recursive: true, force: true });
  await mkdir(new URL("dist/", folder), { recursive: true });
  await build({
    ...common,
    absWorkingDir: root.pathname,
    entryPoints: [`packages/${name}/${entry}`],
    outfile: `packages/${name}/${outfile}`,
    ...options,
  });
  return folder;
}

const server = await bundle("server", {
  entry: "src/main.ts",
  outfile: "dist/server.js",
  // PGlite finds its WebAssembly beside itself; pg-native is an optional part of pg that is not installed.
  external: ["@electric-sql/pglite", "@electric-sql/pglite/*", "pg-native"],
});
await cp(new URL("src/db/migrations/", server), new URL("dist/migrations/", server), { recursive: true });

/** Left out of the command line's file, so that only the command that runs the server loads it; its settings stay in. */
const serverApart = {
  name: "server-apart",
  setup(build) {
    build.onResolve({ filter: /^@quillon\/server$/ }, ({ path }) => ({ path, external: true }));
  },
};

await bundle("cli", { entry: "src/main.ts", outfile: "dist/quillon.js", plugins: [serverApart] });

await buildSdk();
