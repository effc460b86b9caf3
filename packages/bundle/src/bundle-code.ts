import { resolve } from "node:path";
import type { BuildOptions, Message, Metafile } from "esbuild";
import { ABSENT } from "./absent-modules.ts";
import { publishedPath } from "./carried-packages.ts";
import { caseTwins } from "./case-twins.ts";
import type { Compiler } from "./compile.ts";
import type { Compiled } from "./compile-program.ts";
import { computedNames } from "./computed-names.ts";
import type { HelperUses } from "./helper-calls.ts";
import { buildMended } from "./mended-requires.ts";
import { modulesOfNodeArguments } from "./node-arguments.ts";
import { readersOfOtherFiles } from "./other-files.ts";
import { ENTRY, META, ownFiles } from "./own-files.ts";
import type { NodePack } from "./pack.ts";
import { placeInSource } from "./place-in-source.ts";
import { PackRefused, type Problem, shownPath } from "./problems.ts";
import { pulumiSdk } from "./pulumi-sdk.ts";
import { type ImportedSdks, INSIDE_THE_SDK, notedSdks, oneSdk } from "./sdk.ts";
import { NO_STAND_IN, type StandInsOptions, standInsPlugin } from "./stand-ins/plugin.ts";
import { inItsMode } from "./strict-mode.ts";

/** Why a pack can't be one file, though it works. */
export interface NotOne {
  problems: Problem[];
}

export interface Code {
  /** `index.js`. */
  js: Uint8Array;
  /** `index.js.map`, without the sources' texts. */
  map: Uint8Array;
  /** The files that are in it, as `shownPath` names them. */
  inputs: ReadonlySet<string>;
  metafile: Metafile;
  sdks: ImportedSdks;
  /** Where it asks, under a condition only, for modules that are not there. */
  absent: Problem[];
}

interface Options extends Omit<StandInsOptions, "uses"> {
  compiler: Compiler;
  compiled: Compiled | undefined;
  /** Whether the pack gets its own `@pulumi/policy`, and not the boot file's SDK. */
  keepSdk: boolean;
}

/** @throws PackRefused when something that the pack imports is not there, or does not parse. */
export async function bundleCode(
  pack: NodePack,
  { compiler, compiled, keepSdk, ...standIns }: Options,
): Promise<Code | NotOne> {
  const uses: HelperUses = { standIns: {}, files: {} };
  const sdks: ImportedSdks = new Map();
  const written = new Map<string, string>();
  const options: BuildOptions & { write: false; metafile: true } = {
    absWorkingDir: pack.directory,
    entryPoints: [ENTRY],
    outfile: "index.js",
    write: false,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // As Node.js resolves: no other file of a package, none left out because it says so, and no paths of a tsconfig.json.
    conditions: [],
    mainFields: ["main"],
    ignoreAnnotations: true,
    tsconfigRaw: {},
    // Identifiers, too, because those of esbuild's have paths of the machine in them.
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "inline",
    metafile: true,
    logLevel: "silent",
    // esbuild keeps silent about these in dependencies, and some of them everywhere.
    logOverride: Object.fromEntries(NOT_IN_ONE_FILE.map((id) => [id, "warning" as const])),
    define: META,
    plugins: [
      notedSdks(sdks),
      ...(keepSdk ? [] : [oneSdk]),
      pulumiSdk(pack, { keepSdk }),
      standInsPlugin({ ...standIns, uses }),
      ownFiles(pack, { compiled, written }),
    ],
  };
  const result = await buildMended(pack, options, { compiler, written });
  if (!("outputFiles" in result)) return notBundled(pack, result.errors, written);
  if (keepSdk) requireOwnSdk(sdks);
  const problems = [
    ...result.warnings
      .filter(({ id, location }) => NOT_IN_ONE_FILE.includes(id) && !isSdk(location))
      .map(problemOf(pack, written)),
    ...computedNames(pack, result.metafile),
    ...caseTwins(pack, result.metafile),
    ...readersOfOtherFiles(pack, result.metafile),
    ...modulesOfNodeArguments(pack),
    ...(Object.keys(uses.files).length > 0 ? await compiler.helperCalls(uses) : []),
  ];
  if (problems.length > 0) return { problems };
  const [js, map] = [/\.js$/, /\.map$/].map((ending) => result.outputFiles.find(({ path }) => ending.test(path)));
  if (!js || !map) throw new Error("esbuild wrote no file.");
  const { metafile } = result;
  const inputs = Object.keys(metafile.inputs).map((path) => resolve(pack.directory, path));
  const inMode = inItsMode(pack, { js: js.contents, map: map.text }, { metafile, compiled });
  return {
    js: inMode.js,
    map: withShownSources(pack, inMode.map),
    inputs: new Set(inputs.map((path) => shownPath(pack.directory, path))),
    metafile,
    sdks,
    absent: result.warnings.filter(({ id }) => id === ABSENT).map(problemOf(pack, written)),
  };
}

/** @throws PackRefused unless the pack works as it is in spite of all that esbuild says. */
function notBundled(pack: NodePack, errors: readonly Message[], written: ReadonlyMap<string, string>): NotOne {
  const problems = errors.map(problemOf(pack, written));
  if (errors.every(isNotInOneFile)) return { problems };
  const isMissing = errors.every(({ text }) => text.startsWith("Could not resolve"));
  const otherwise = isMissing ? " (--no-bundle publishes it as it is, if it works without)" : "";
  throw new PackRefused(`The policy pack can't be bundled${otherwise}:`, problems);
}

function requireOwnSdk(sdks: ImportedSdks): void {
  if ([...sdks.values()].some(({ name }) => name === "@pulumi/policy")) return;
  throw new PackRefused(
    "--keep-sdk keeps a pack's own @pulumi/policy, and this pack imports none. Leave the option out.",
  );
}

/** Without the places of the publisher's machine. */
function withShownSources({ directory }: NodePack, text: string): Uint8Array {
  const map = JSON.parse(text) as { sources: string[] };
  const shown = (source: string) =>
    /^[a-z-]+:/.test(source) ? source : publishedPath(directory, resolve(directory, source));
  return Buffer.from(JSON.stringify({ ...map, sources: map.sources.map(shown) }));
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

/** A pack's own SDK, when it is kept, reads the package.json of the folder in which it runs, and that is there. */
function isSdk(location: Message["location"]): boolean {
  return /(^|\/)node_modules\/@pulumi\/policy\/[^/]*$/.test(location?.file ?? "");
}

/** A native addon or a file of another kind, a provider's file of its own, a module that waits, or something that an installed package tries. */
function isNotInOneFile({ text, location }: Message): boolean {
  return (
    text.startsWith("No loader is configured") ||
    text.startsWith(NO_STAND_IN) ||
    // Node.js waits for what `import()` loads.
    text.startsWith("Top-level await is currently not supported") ||
    text.endsWith(INSIDE_THE_SDK) ||
    /(^|\/)node_modules\//.test(location?.file ?? "")
  );
}

/** @param written what esbuild was given in the place of files. */
function problemOf({ directory }: NodePack, written: ReadonlyMap<string, string>) {
  return ({ text, location }: Message): Problem => {
    if (!location) return { text };
    const full = resolve(directory, location.file);
    const file = shownPath(directory, full);
    const code = written.get(full);
    // esbuild counts bytes.
    const column = Buffer.from(location.lineText).subarray(0, location.column).toString().length;
    const found = { line: location.line, column };
    const place = code === undefined ? found : placeInSource(code, found);
    return { file, ...(place && { line: place.line, column: place.column + 1 }), text };
  };
}
