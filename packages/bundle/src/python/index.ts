import { type AnalyzerInfo, pythonCommand, systemPython } from "@quillon/runner";
import { archiveOf, type Files } from "../artifact.ts";
import { describedAs } from "../described.ts";
import { PackRefused, type Problem } from "../problems.ts";
import type { Options, Published, Step } from "../published.ts";
import { run } from "../run.ts";
import { compareMetadata, inFolder, metadataOf } from "../same-metadata.ts";
import { pythonLayout, VENV } from "./layout.ts";
import { type PythonPack, readPythonPack } from "./pack.ts";
import { pythonFiles } from "./published-files.ts";
import { targetsOf, thisMachine, type Wanted } from "./targets.ts";
import { wheelsFor } from "./wheels.ts";

interface BundleOptions extends Options {
  /** The machines that the pack is made for. */
  wanted: Wanted;
  onStep?(step: Step): void;
}

/**
 * Makes an archive of a Python policy pack with the wheels of all that it needs; of the pack as it is where they can't travel.
 *
 * @throws PackRefused when the pack is wrong, PackFailed when it does not start as it is.
 */
export async function bundlePythonPack({ directory, wanted, onStep, onDescribed }: BundleOptions): Promise<Published> {
  const pack = readPythonPack(directory);
  const here = await thisMachine();
  const targets = targetsOf(wanted, here);
  const published = pythonFiles(directory);
  const before = await metadata(pack);
  const description = describedAs(before, pack);
  await onDescribed?.(description);
  const asItIs = async (problems: Problem[]) => ({
    description,
    archive: await archiveOf(published, directory),
    problems,
  });
  if (pack.toolchain !== "pip")
    return asItIs([
      { text: `wheels travel only with packs that pip installs, and ${pack.toolchain} installs this one` },
    ]);
  if (!published.has("requirements.txt")) return asItIs([{ text: "no requirements.txt is published with the pack" }]);
  onStep?.("resolve");
  const found = await wheelsFor(directory, { published, targets });
  if ("problems" in found) return asItIs(found.problems);
  onStep?.("bundle");
  const files = pythonLayout(pack, published, found.wheels);
  // What is made for other machines can't be tried on this one.
  if (targets.some(({ python, platform }) => python === here.python && platform === here.platform)) {
    onStep?.("check");
    compareMetadata(before, await installedMetadata(files));
  }
  const sources = await archiveOf(published, directory);
  return { description, archive: await archiveOf(files, directory), problems: [], sources };
}

/** The archive that the Pulumi CLI would make: each machine installs what the pack needs. */
export async function pythonPackAsItIs({ directory, onDescribed }: Options): Promise<Published> {
  const pack = readPythonPack(directory);
  const published = pythonFiles(directory);
  const description = describedAs(await metadata(pack), pack);
  await onDescribed?.(description);
  return { description, archive: await archiveOf(published, directory), problems: [] };
}

function metadata({ directory, virtualenv }: PythonPack): Promise<AnalyzerInfo> {
  return metadataOf(directory, { command: pythonCommand(directory, virtualenv) });
}

/** Of the pack where it is installed from the archive alone, with the CLI's own commands. */
function installedMetadata(files: Files): Promise<AnalyzerInfo> {
  return inFolder(files, async (directory) => {
    await install(directory);
    return metadataOf(directory, { command: pythonCommand(directory, VENV) });
  });
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
