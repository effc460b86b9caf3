import { isDeepStrictEqual } from "node:util";
import { type AnalyzerInfo, PackFailed } from "@quillon/runner";
import { archiveOf } from "./artifact.ts";
import { bootFacts, bootFile, standInRuntime } from "./assets.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { bundleCode } from "./bundle-code.ts";
import { carriedFiles, publishedFiles } from "./carried-files.ts";
import { carriedPackages, inOrder } from "./carried-packages.ts";
import { Compiler } from "./compile.ts";
import type { Compiled } from "./compile-program.ts";
import { describedAs } from "./described.ts";
import { requireInstallable } from "./installable.ts";
import { layout } from "./layout.ts";
import { type NodePack, readNodePack } from "./pack.ts";
import { PackRefused } from "./problems.ts";
import type { Options, Published, Step } from "./published.ts";
import { compareMetadata, inFolder, metadataOf, metadataOfFiles, startCommand } from "./same-metadata.ts";
import { sdkOf } from "./sdk.ts";
import { describer } from "./stand-ins/describe-cache.ts";
import type { Provider } from "./stand-ins/plugin.ts";
import { providersOf } from "./stand-ins/providers-of.ts";
import type { StandIns } from "./stand-ins/stand-ins.ts";
import { runnerRemembers } from "./ts-node-cache.ts";

export type { Description } from "@quillon/runner";
export { PackRefused, type Problem, problemLine } from "./problems.ts";
export { readProjectFile } from "./project-file.ts";
export type { Named, Published, Step } from "./published.ts";
export { unpackArchive, unpackPublished } from "./published-pack.ts";
export { bundlePythonPack, pythonPackAsItIs } from "./python/index.ts";
export { inTemporaryFolder } from "./temporary-folder.ts";

interface BundleOptions extends Options {
  /** A folder for what is known of providers' packages. */
  cache: string;
  /** Whether the pack keeps its own `@pulumi/policy`. */
  keepSdk?: boolean | undefined;
  onStep?: ((step: Step) => void) | undefined;
}

/**
 * Makes an archive of a Node.js policy pack that needs no installing; of the pack as it is where it can't be one bundle.
 *
 * @throws PackRefused when the pack is wrong, PackFailed when it does not start as it is.
 */
export async function bundlePack({
  directory,
  cache,
  keepSdk = false,
  onStep: tell,
  onNamed,
}: BundleOptions): Promise<Published> {
  const told = new Set<Step>();
  // What is made of a draft may be made again.
  const onStep = (step: Step) => {
    if (!told.has(step)) tell?.(step);
    told.add(step);
  };
  onStep("resolve");
  const pack = readNodePack(directory);
  // In a pack that is not installed all else goes wrong, too, and does not say what to do.
  startCommand(directory);
  const published = await publishedFiles(pack);
  const ending = new AbortController();
  const standInsOf = describer(cache, ending.signal);
  // Nobody waits for those that are not imported.
  for (const provider of providersOf(pack)) standInsOf(provider).catch(() => {});
  // Reading the types of a provider takes longer than all else, so all else is done beside it, by another compiler.
  const [types, compiler] = [new Compiler(pack), new Compiler(pack)];
  const named = tellName(pack, compiler, onNamed);
  const begun: Promise<unknown>[] = [];
  const given = { published, compiler, keepSdk, standInsOf, onStep, onNamed, ending: ending.signal, begun };
  const make = (compiled: Compiled | undefined) => {
    ending.signal.throwIfAborted();
    return makeBundled(pack, { ...given, compiled });
  };
  try {
    onStep("types");
    const checked = types.compile();
    checked.catch(() => {});
    // A version that exists counts more than what the compiler says.
    return await madeAhead(make, { draft: compiler.draft(), compiling: named.then(() => checked) });
  } finally {
    ending.abort();
    await Promise.all([types.stop(), compiler.stop()]);
    await Promise.allSettled(begun);
  }
}

/** Before the work, and before the pack can say it itself. */
async function tellName(pack: NodePack, compiler: Compiler, onNamed: Options["onNamed"]): Promise<void> {
  const name = onNamed && (await compiler.nameInCode());
  if (name !== undefined) await onNamed?.({ name, versionTag: pack.projectVersion ?? pack.version });
}

/** What is made of a draft, when the compiler says nothing of the pack and writes the same; otherwise of what it writes. */
async function madeAhead<T>(
  make: (compiled: Compiled | undefined) => Promise<T>,
  { draft, compiling }: { draft: Promise<Compiled | undefined>; compiling: Promise<Compiled | undefined> },
): Promise<T> {
  const early = draft.then(make);
  // What the compiler says counts more than how a pack fails that does not compile. What else ends the work ends it at once.
  const [drafted, compiled] = await Promise.all([draft, compiling, early.catch(unlessOfThePack)]);
  return isDeepStrictEqual(drafted, compiled) ? early : make(compiled);
}

function unlessOfThePack(error: unknown): void {
  if (!(error instanceof PackRefused || error instanceof PackFailed)) throw error;
}

interface MakeOptions extends Pick<BundleOptions, "onStep" | "onNamed"> {
  /** The files that are published of the pack as it is. */
  published: Map<string, Buffer>;
  compiled: Compiled | undefined;
  compiler: Compiler;
  keepSdk: boolean;
  standInsOf(provider: Provider): Promise<StandIns>;
  ending: AbortSignal;
  /** What may still go on when this fails. */
  begun: Promise<unknown>[];
}

async function makeBundled(
  pack: NodePack,
  { published, compiled, compiler, keepSdk, standInsOf, onStep, onNamed, ending, begun }: MakeOptions,
): Promise<Published> {
  const { directory } = pack;
  const remembered = runnerRemembers(directory) ? compiled?.remembered : undefined;
  const described = describe(pack, { onNamed, ending, remembered });
  const providers = new Set<Provider>();
  onStep?.("bundle");
  const describeOne = (provider: Provider) => {
    providers.add(provider);
    return standInsOf(provider);
  };
  const bundled = bundleCode(pack, { compiler, compiled, keepSdk, describe: describeOne, runtime: standInRuntime() });
  const checked = bundled.then(async (code) => {
    if ("problems" in code) return code;
    onStep?.("check");
    const { node, packages } = bootFacts();
    const sdk = sdkOf(code.sdks, keepSdk ? [] : packages);
    const inside = [...carriedPackages(pack, code.metafile, [...providers]), ...(keepSdk ? [] : packages)];
    const bill = billOfMaterials(pack, inOrder(inside), sdk);
    const carried = carriedFiles(published, code.inputs);
    const files = layout(pack, { code, carried, boot: bootFile({ keepSdk }), node, bill });
    const after = await metadataOfFiles(files, { ending }).catch((error: Error) => {
      throw new PackRefused(`Bundled, the policy pack does not start. Publish it with --no-bundle.\n${error.message}`);
    });
    return { files, sdk, after, absent: code.absent };
  });
  begun.push(described, checked);
  // That the pack does not start as it is counts more.
  checked.catch(() => {});
  const [before] = await Promise.all([orWhy(described, bundled), bundled]);
  const description = describedAs(before, pack);
  const made = await checked;
  if ("problems" in made) {
    requireInstallable(pack, published, made.problems);
    return { description, archive: await archiveOf(published, directory), problems: made.problems };
  }
  const { files, sdk, after, absent } = made;
  compareMetadata(before, after);
  const sources = await archiveOf(published, directory);
  const archive = await archiveOf(files, directory);
  return { description, archive, problems: [], absent, ...(sdk && { sdk }), sources };
}

/** The archive that the Pulumi CLI would make: each machine installs what the pack needs. */
export async function packAsItIs({ directory, onNamed }: Options): Promise<Published> {
  const pack = readNodePack(directory);
  const files = await publishedFiles(pack);
  requireInstallable(pack, files);
  const compiler = new Compiler(pack);
  await tellName(pack, compiler, onNamed).finally(() => compiler.stop());
  const description = describedAs(await describe(pack, { onNamed }), pack);
  return { description, archive: await archiveOf(files, directory), problems: [] };
}

/** Of a pack that neither starts nor can be bundled, the bundler says why, by file and line, whichever of them ends first. */
async function orWhy<T>(described: Promise<T>, bundled: Promise<unknown>): Promise<T> {
  return described.catch(async (error: unknown) => {
    if (error instanceof PackFailed) await bundled;
    throw error;
  });
}

interface DescribeOptions extends Pick<Options, "onNamed"> {
  ending?: AbortSignal;
  /** Of a pack in TypeScript, what needs no compiling when it starts: see `tsNodeCache`. */
  remembered?: ReadonlyMap<string, string> | undefined;
}

async function describe(
  pack: NodePack,
  { onNamed, ending, remembered = new Map() }: DescribeOptions,
): Promise<AnalyzerInfo> {
  const start = (env?: NodeJS.ProcessEnv) => metadataOf(pack.directory, { ending, ...(env && { env }) });
  const info = await (remembered.size === 0
    ? start()
    : inFolder(remembered, (folder) => start({ ...process.env, TS_NODE_CACHE_DIRECTORY: folder })));
  await onNamed?.(describedAs(info, pack));
  return info;
}
