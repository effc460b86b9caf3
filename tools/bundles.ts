import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { commitOf, repositoryDir } from "./repository.ts";

// What `npm run build` and `npm run dev` make of the packages that run as programs: one file each.

const common: BuildOptions = {
  absWorkingDir: repositoryDir,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  conditions: ["source"],
  sourcemap: true,
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: "warning",
  // Bundled CommonJS packages load Node.js's own modules with `require`, which ES modules do not have.
  banner: {
    js: 'import { createRequire as quillonRequire } from "node:module"; const require = quillonRequire(import.meta.url);',
  },
};

const migrations = join(repositoryDir, "packages/server/src/db/migrations");

/** The server reads its migrations from the folder next to its file. A change of one counts as a change of the source. */
const copyMigrations: Plugin = {
  name: "copy-migrations",
  setup(build) {
    build.onLoad({ filter: /\/db\/migrate\.ts$/ }, async ({ path }) => ({
      contents: await readFile(path, "utf8"),
      loader: "ts",
      watchFiles: [path, ...(await readdir(migrations)).map((file) => join(migrations, file))],
      watchDirs: [migrations],
    }));
    build.onEnd(async () => {
      const copy = join(repositoryDir, "packages/server/dist/migrations");
      await rm(copy, { recursive: true, force: true });
      await cp(migrations, copy, { recursive: true });
    });
  },
};

/** Keeps what only some commands need out of the command line's file. The server's settings stay in. */
const loadedLater: Plugin = {
  name: "loaded-later",
  setup(build) {
    build.onResolve({ filter: /^@quillon\/(server|bundle)$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** A pack's own Node.js loads it. */
const copyWithoutTypes: Plugin = {
  name: "copy-without-types",
  setup(build) {
    build.onLoad({ filter: /[\\/]runner[\\/]src[\\/]without-types\.cjs$/ }, async ({ path }) => ({
      contents: await readFile(path),
      loader: "copy",
    }));
  },
};

/** Files of their own, which are loaded late: S3's client, because most servers need none, and tasks for which most threads are not started. */
export const filesOfTheirOwn: Plugin = {
  name: "files-of-their-own",
  setup(build) {
    build.onResolve({ filter: /^\.\/(s3|check-tasks)\.ts$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path: path.replace(".ts", ".js"), external: true } : undefined,
    );
  },
};

/** What the server's worker threads load. */
export const workerEntries = [
  { in: "packages/server/src/worker.ts", out: "worker" },
  { in: "packages/server/src/check-tasks.ts", out: "check-tasks" },
];

export const serverBundle: BuildOptions = {
  ...common,
  entryPoints: [
    { in: "packages/server/src/main.ts", out: "server" },
    ...workerEntries,
    { in: "packages/server/src/db/embedded-worker.ts", out: "embedded-worker" },
    { in: "packages/server/src/backup/backup-worker.ts", out: "backup-worker" },
    { in: "packages/server/src/blobs/s3.ts", out: "s3" },
  ],
  outdir: "packages/server/dist",
  // PGlite and Tinypool find files next to their own. pg-native is an optional part of pg that is not installed.
  external: ["tinypool", "@electric-sql/pglite", "@electric-sql/pglite/*", "pg-native"],
  plugins: [copyMigrations, filesOfTheirOwn],
};

export const cliBundle: BuildOptions = {
  ...common,
  entryPoints: [
    { in: "packages/cli/src/main.ts", out: "quillon" },
    { in: "packages/runner/src/without-types.cjs", out: "without-types" },
  ],
  outdir: "packages/cli/dist",
  // A file for each command, because most of the time that a command takes is loading.
  splitting: true,
  plugins: [loadedLater, copyWithoutTypes],
  define: { QUILLON_COMMIT: JSON.stringify(commitOf(repositoryDir)) },
};

export const bundleBundle: BuildOptions = {
  ...common,
  entryPoints: [
    { in: "packages/bundle/src/index.ts", out: "index" },
    { in: "packages/bundle/src/stand-ins/describe.ts", out: "describe" },
    { in: "packages/bundle/src/compile-worker.ts", out: "compile" },
  ],
  outdir: "packages/bundle/dist",
  // CycloneDX's library writes XML, too, where xmlbuilder2 is installed.
  external: ["esbuild", "xmlbuilder2"],
};

/** What goes into bundles. */
export const standInBundle: BuildOptions = {
  absWorkingDir: repositoryDir,
  bundle: true,
  platform: "node",
  entryPoints: [
    { in: "packages/bundle/src/stand-ins/runtime.ts", out: "stand-in" },
    { in: "packages/bundle/src/plain-boot.ts", out: "plain-boot" },
    { in: "packages/bundle/src/python/boot.ts", out: "python-boot" },
    { in: "packages/bundle/src/python/launch.py", out: "launch" },
  ],
  loader: { ".py": "copy" },
  outdir: "packages/bundle/dist",
  format: "cjs",
  target: "node20",
};
