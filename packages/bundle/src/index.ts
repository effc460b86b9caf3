import { type AnalyzerInfo, nodeCommand, PackFailed } from "@quillon/runner";
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
import { compareMetadata, inFolder, metadataOf, metadataOfFiles } from "./same-metadata.ts";
import { sdkOf } from "./sdk.ts";
import { describer } from "./stand-ins/describe-cache.ts";
import type { Provider } from "./stand-ins/plugin.ts";
import { providersOf } from "./stand-ins/providers-of.ts";
import { runnerRemembers } from "./ts-node-cache.ts";

export type { Description } from "@quillon/runner";
export { PackRefused, type Problem, problemLine } from "./problems.ts";
export { readProjectFile } from "./project-file.ts";
export type { Published, Step } from "./published.ts";
export { unpackPublished } from "./published-pack.ts";
export { bundlePythonPack, pythonPackAsItIs } from "./python/index.ts";
export { inTemporaryFolder } from "./temporary-folder.ts";

interface BundleOptions extends Options {
  /** A folder for what is known of providers' packages. */
  cache: string;
  /** Whether the pack keeps its own `@pulumi/policy`. */
  keepSdk?: boolean | undefined;
  onStep?(step: Step): void;
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
  onStep,
  onDescribed,
}: BundleOptions): Promise<Published> {
  onStep?.("resolve");
  const pack = readNodePack(directory);
  // In a pack that is not installed all else goes wrong, too, and does not say what to do.
  nodeCommand(directory);
  const published = await publishedFiles(pack);
  const ending = new AbortController();
  const compiler = new Compiler(pack);
  const compiling = compiler.compile();
  const reused = runnerRemembers(directory) ? compiling : undefined;
  const described = describe(pack, { onDescribed, ending: ending.signal, compiling: reused });
  const standInsOf = describer(cache, ending.signal);
  // They take as long as compiling, and nobody waits for those that are not imported.
  for (const provider of providersOf(pack)) standInsOf(provider).catch(() => {});
  const providers = new Set<Provider>();
  const bundled = (async () => {
    onStep?.("types");
    const compiled = await compiling;
    onStep?.("bundle");
    const describeOne = (provider: Provider) => {
      providers.add(provider);
      return standInsOf(provider);
    };
    return bundleCode(pack, { compiler, compiled, keepSdk, describe: describeOne, runtime: standInRuntime() });
  })();
  const checked = bundled.then(async (code) => {
    if ("problems" in code) return code;
    onStep?.("check");
    const { node, packages } = bootFacts();
    const sdk = sdkOf(code.sdks, keepSdk ? [] : packages);
    const inside = [...carriedPackages(pack, code.metafile, [...providers]), ...(keepSdk ? [] : packages)];
    const bill = billOfMaterials(pack, inOrder(inside), sdk);
    const carried = carriedFiles(published, code.inputs);
    const files = layout(pack, { code, carried, boot: bootFile({ keepSdk }), node, bill });
    const after = await metadataOfFiles(files, { ending: ending.signal }).catch((error: Error) => {
      throw new PackRefused(`Bundled, the policy pack does not start. Publish it with --no-bundle.\n${error.message}`);
    });
    return { files, sdk, after };
  });
  // That the pack does not start as it is counts more.
  checked.catch(() => {});
  try {
    const [before] = await Promise.all([orWhy(described, bundled), bundled]);
    const description = describedAs(before, pack);
    const made = await checked;
    if ("problems" in made) {
      requireInstallable(pack, published, made.problems);
      return { description, archive: await archiveOf(published, directory), problems: made.problems };
    }
    const { files, sdk, after } = made;
    compareMetadata(before, after);
    const sources = await archiveOf(published, directory);
    return { description, archive: await archiveOf(files, directory), problems: [], ...(sdk && { sdk }), sources };
  } finally {
    ending.abort();
    await compiler.stop();
    await Promise.allSettled([described, checked]);
  }
}

/** The archive that the Pulumi CLI would make: each machine installs what the pack needs. */
export async function packAsItIs({ directory, onDescribed }: Options): Promise<Published> {
  const pack = readNodePack(directory);
  const files = await publishedFiles(pack);
  requireInstallable(pack, files);
  const description = describedAs(await describe(pack, { onDescribed }), pack);
  return { description, archive: await archiveOf(files, directory), problems: [] };
}

/** Of a pack that neither starts nor can be bundled, the bundler says why, by file and line, whichever of them ends first. */
async function orWhy<T>(described: Promise<T>, bundled: Promise<unknown>): Promise<T> {
  return described.catch(async (error: unknown) => {
    if (error instanceof PackFailed) await bundled;
    throw error;
  });
}

interface DescribeOptions extends Pick<Options, "onDescribed"> {
  ending?: AbortSignal;
  /** Of a pack in TypeScript; what is compiled here needs no compiling when the pack starts. */
  compiling?: Promise<Compiled | undefined> | undefined;
}

async function describe(pack: NodePack, { onDescribed, ending, compiling }: DescribeOptions): Promise<AnalyzerInfo> {
  const remembered = (await compiling)?.remembered ?? new Map();
  const start = (env?: NodeJS.ProcessEnv) => metadataOf(pack.directory, { ending, ...(env && { env }) });
  const info = await (remembered.size === 0
    ? start()
    : inFolder(remembered, (folder) => start({ ...process.env, TS_NODE_CACHE_DIRECTORY: folder })));
  await onDescribed?.(describedAs(info, pack));
  return info;
}
