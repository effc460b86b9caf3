import { type AnalyzerInfo, type Description, pythonCommand, systemPython } from "@quillon/runner";
import { archiveOf, type Files } from "../artifact.ts";
import { billOfMaterials } from "../bill-of-materials.ts";
import { inOrder } from "../carried-packages.ts";
import { describedAs } from "../described.ts";
import { PackRefused, type Problem } from "../problems.ts";
import type { Options, Published, Step } from "../published.ts";
import { run } from "../run.ts";
import { compareMetadata, inFolder, metadataOf, metadataOfFiles } from "../same-metadata.ts";
import type { Artifact } from "./artifact.ts";
import { launcherLayout } from "./launcher-layout.ts";
import { VENV, venvLayout } from "./layout.ts";
import { type PythonPack, readPythonPack } from "./pack.ts";
import { pythonFiles } from "./published-files.ts";
import { otherInstaller } from "./requirements.ts";
import { targetsOf, thisMachine, type Wanted } from "./targets.ts";
import { type WheelsFor, wheelsFor } from "./wheels.ts";

interface BundleOptions extends Options {
  /** The machines that the pack is made for. */
  wanted: Wanted;
  /** Whether the pack is made to run in a virtual environment; or by Node.js without one. */
  venv: boolean;
  onStep?(step: Step): void;
}

/**
 * Makes an archive of a Python policy pack with the wheels of all that it needs; of the pack as it is where they can't travel.
 *
 * @throws PackRefused when the pack is wrong, PackFailed when it does not start as it is.
 */
export async function bundlePythonPack(options: BundleOptions): Promise<Published> {
  const { directory, wanted, venv, onStep, onNamed } = options;
  const pack = readPythonPack(directory);
  const here = await thisMachine();
  const targets = targetsOf(wanted, here);
  const published = pythonFiles(directory);
  const before = await metadata(pack);
  const description = describedAs(before, pack);
  await onNamed?.(description);
  onStep?.("resolve");
  const problems = notWheels(pack, published);
  const found = problems.length > 0 ? { problems } : await wheelsFor(directory, { published, targets, tools: venv });
  if ("problems" in found)
    return { description, archive: await archiveOf(published, directory), problems: found.problems };
  onStep?.("bundle");
  const content = { published, all: found.all, bill: billOf(description, found.all) };
  const made = venv ? venvLayout(pack, content) : launcherLayout(pack, content);
  // What is made for other machines can't be tried on this one.
  if (targets.some(({ python, platform }) => python === here.python && platform === here.platform)) {
    onStep?.("check");
    compareMetadata(before, await (venv ? installedMetadata(made) : launchedMetadata(made)));
  }
  const sources = await archiveOf(published, directory);
  return {
    description,
    archive: await archiveOf(made.files, directory, made.programs),
    problems: [],
    sources,
    targets,
  };
}

/** The archive that the Pulumi CLI would make: each machine installs what the pack needs. */
export async function pythonPackAsItIs({ directory, onNamed }: Options): Promise<Published> {
  const pack = readPythonPack(directory);
  const published = pythonFiles(directory);
  const description = describedAs(await metadata(pack), pack);
  await onNamed?.(description);
  return { description, archive: await archiveOf(published, directory), problems: [] };
}

function notWheels({ toolchain }: PythonPack, published: Files): Problem[] {
  if (toolchain !== "pip") return [{ text: otherInstaller(toolchain) }];
  return published.has("requirements.txt") ? [] : [{ text: "no requirements.txt is published with the pack" }];
}

function billOf({ name, versionTag }: Description, all: readonly WheelsFor[]): string {
  const packages = all.flatMap(({ wheels }) => wheels.map((wheel) => wheel.package));
  return billOfMaterials({ name, version: versionTag }, inOrder(packages));
}

function metadata({ directory, virtualenv }: PythonPack): Promise<AnalyzerInfo> {
  return metadataOf(directory, { command: pythonCommand(directory, virtualenv) });
}

async function launchedMetadata({ files, programs }: Artifact): Promise<AnalyzerInfo> {
  return metadataOfFiles(files, { programs }).catch((error: Error) => {
    throw new PackRefused(
      `Without a virtual environment, the policy pack does not start. Publish it without --no-venv.\n${error.message}`,
    );
  });
}

/** Of the pack where it is installed from the archive alone, with the CLI's own commands. */
function installedMetadata({ files, programs }: Artifact): Promise<AnalyzerInfo> {
  const work = async (directory: string) => {
    await install(directory);
    return metadataOf(directory, { command: pythonCommand(directory, VENV) });
  };
  return inFolder(files, work, programs);
}

/** https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/toolchain/pip.go#L430 */
async function install(directory: string): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PIP_")));
  await must([systemPython(), "-m", "venv", VENV], directory, env);
  const [python = ""] = pythonCommand(directory, VENV);
  await must([python, "-m", "pip", "install", "--upgrade", "pip", "setuptools", "wheel"], directory, env);
  await must([python, "-m", "pip", "install", "-r", "requirements.txt"], directory, env);
}

async function must(command: string[], directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { failure, printed } = await run(command, directory, { env });
  if (failure === undefined) return;
  throw new PackRefused(
    `With its wheels inside, the policy pack can't be installed. Publish it with --no-bundle.\n${command.join(" ")}\n${printed.trim()}`,
  );
}
