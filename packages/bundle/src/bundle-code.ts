import { relative } from "node:path";
import { build, type Message, type Metafile } from "esbuild";
import { type Compiled, compile } from "./compile.ts";
import { META, ownFiles } from "./own-files.ts";
import type { NodePack } from "./pack.ts";
import { pulumiSdk } from "./pulumi-sdk.ts";
import { readersBesideThemselves } from "./read-beside.ts";
import { PackRefused, type Problem } from "./refused.ts";
import { oneSdk } from "./sdk.ts";
import { type StandInsOptions, standInsPlugin } from "./stand-ins/plugin.ts";

/** Why a pack can't be one file, though it works. */
export interface NotOne {
  problems: Problem[];
}

export interface Code {
  /** `index.js`. */
  js: Uint8Array;
  /** `index.js.map`, without the sources' texts. */
  map: Uint8Array;
  metafile: Metafile;
}

/** @throws PackRefused when something that the pack imports is not there, or does not parse. */
export async function bundleCode(
  pack: NodePack,
  { compiled = compile(pack), standIns }: { compiled?: Compiled | undefined; standIns: StandInsOptions },
): Promise<Code | NotOne> {
  const result = await build({
    absWorkingDir: pack.directory,
    entryPoints: [pack.entry],
    outfile: "index.js",
    write: false,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "silent",
    // esbuild keeps silent about these in dependencies, and some of them everywhere.
    logOverride: Object.fromEntries(NOT_IN_ONE_FILE.map((id) => [id, "warning" as const])),
    define: META,
    plugins: [oneSdk, pulumiSdk, standInsPlugin(standIns), ownFiles(pack, compiled)],
  }).catch((error: { errors?: Message[] }) => {
    if (!error.errors) throw error;
    return { errors: error.errors };
  });
  if (!("outputFiles" in result)) {
    const problems = result.errors.map(problemOf(pack));
    // A native addon, or a file of another kind.
    if (result.errors.every(({ text }) => text.startsWith("No loader is configured"))) return { problems };
    throw new PackRefused("The policy pack can't be bundled:", problems);
  }
  const problems = [
    ...result.warnings.filter(({ id }) => NOT_IN_ONE_FILE.includes(id)).map(problemOf(pack)),
    ...readersBesideThemselves(pack, result.metafile),
  ];
  if (problems.length > 0) return { problems };
  const [js, map] = [/\.js$/, /\.map$/].map((ending) => result.outputFiles.find(({ path }) => ending.test(path)));
  if (!js || !map) throw new Error("esbuild wrote no file.");
  return { js: js.contents, map: map.contents, metafile: result.metafile };
}

/** https://github.com/evanw/esbuild/blob/v0.28.2/internal/logger/msg_ids.go */
const NOT_IN_ONE_FILE = [
  "unsupported-require-call",
  "unsupported-dynamic-import",
  "indirect-require",
  "direct-eval",
  "empty-import-meta",
  "require-resolve-not-external",
  "call-import-namespace",
];

function problemOf({ directory }: NodePack) {
  return ({ text, location }: Message): Problem => {
    if (!location) return { text };
    const [, installed] = /(?:^|.*\/)(node_modules\/.*)$/.exec(location.file) ?? [];
    const file = installed ?? relative(directory, `${directory}/${location.file}`);
    return { file, line: location.line, column: location.column + 1, text };
  };
}
