import { type AnalyzerInfo, descriptionOf, nodeCommand, PackFailed } from "@quillon/runner";
import { archiveOf } from "./artifact.ts";
import { bootFacts, bootFile, standInRuntime } from "./assets.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { bundleCode } from "./bundle-code.ts";
import { carriedFiles, publishedFiles } from "./carried-files.ts";
import { carriedPackages, inOrder } from "./carried-packages.ts";
import { compile } from "./compile.ts";
import { requireInstallable } from "./installable.ts";
import { layout } from "./layout.ts";
import { readNodePack } from "./pack.ts";
import { PackRefused } from "./problems.ts";
import type { Options, Published, Step } from "./published.ts";
import { compareMetadata, metadataOf, metadataOfFiles } from "./same-metadata.ts";
import { sdkOf } from "./sdk.ts";
import { describeProvider } from "./stand-ins/describe-cache.ts";
import type { Provider } from "./stand-ins/plugin.ts";

export type { Description } from "@quillon/runner";
export type { Sdk } from "./bill-of-materials.ts";
export { PackRefused, type Problem, problemLine } from "./problems.ts";
export type { Published, Step } from "./published.ts";
export { unpackPublished } from "./published-pack.ts";
export { bundlePythonPack, pythonPackAsItIs } from "./python/index.ts";
export { runtimeOf } from "./python/pack.ts";
export { type Target, targetsOf } from "./python/wheels.ts";

interface BundleOptions extends Options {
  /** A folder for what is known of providers' packages. */
  cache: string;
  onStep?(step: Step): void;
}

/**
 * Makes an archive of a Node.js policy pack that needs no installing; of the pack as it is where it can't be one bundle.
 *
 * @throws PackRefused when the pack is wrong, PackFailed when it does not start as it is.
 */
export async function bundlePack({ directory, cache, onStep, onDescribed }: BundleOptions): Promise<Published> {
  onStep?.("resolve");
  const pack = readNodePack(directory);
  // In a pack that is not installed all else goes wrong, too, and does not say what to do.
  nodeCommand(directory);
  const published = await publishedFiles(pack);
  const ending = new AbortController();
  // The pack's own start takes longest, and needs nothing of the rest.
  const described = describe({ directory, onDescribed }, ending.signal);
  const providers: Provider[] = [];
  const bundled = (async () => {
    onStep?.("types");
    const compiled = compile(pack);
    onStep?.("bundle");
    const describeOne = (provider: Provider) => {
      providers.push(provider);
      return describeProvider(provider, cache);
    };
    const standIns = { describe: describeOne, runtime: standInRuntime() };
    return bundleCode(pack, { compiled, standIns });
  })();
  try {
    const [before, code] = await Promise.all([orWhy(described, bundled), bundled]);
    const description = descriptionOf(before);
    if ("problems" in code) {
      requireInstallable(pack, published, code.problems);
      return { description, archive: await archiveOf(published), problems: code.problems };
    }
    onStep?.("check");
    const { node, packages } = bootFacts();
    const sdk = sdkOf(pack, packages);
    const bill = billOfMaterials(pack, inOrder([...carriedPackages(pack, code.metafile, providers), ...packages]), sdk);
    const files = layout(pack, { code, carried: carriedFiles(published, code.inputs), boot: bootFile(), node, bill });
    const after = await metadataOfFiles(files).catch((error: Error) => {
      throw new PackRefused(`Bundled, the policy pack does not start. Publish it with --no-bundle.\n${error.message}`);
    });
    compareMetadata(before, after);
    return { description, archive: await archiveOf(files), problems: [], sdk, sources: await archiveOf(published) };
  } catch (error) {
    ending.abort();
    await Promise.allSettled([described, bundled]);
    throw error;
  }
}

/** The archive that the Pulumi CLI would make: each machine installs what the pack needs. */
export async function packAsItIs({ directory, onDescribed }: Options): Promise<Published> {
  const pack = readNodePack(directory);
  const files = await publishedFiles(pack);
  requireInstallable(pack, files);
  const description = descriptionOf(await describe({ directory, onDescribed }));
  return { description, archive: await archiveOf(files), problems: [] };
}

/** Of a pack that neither starts nor can be bundled, the bundler says why, by file and line, whichever of them ends first. */
async function orWhy<T>(described: Promise<T>, bundled: Promise<unknown>): Promise<T> {
  return described.catch(async (error: unknown) => {
    if (error instanceof PackFailed) await bundled;
    throw error;
  });
}

async function describe({ directory, onDescribed }: Options, signal?: AbortSignal): Promise<AnalyzerInfo> {
  const info = await metadataOf(directory, { ending: signal });
  await onDescribed?.(descriptionOf(info));
  return info;
}
