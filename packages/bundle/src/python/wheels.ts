import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemPython } from "@quillon/runner";
import type { Files } from "../artifact.ts";
import type { Problem } from "../problems.ts";
import { run } from "../run.ts";
import { inTemporaryFolder } from "../temporary-folder.ts";
import { askedFor, unreachable } from "./requirements.ts";
import { platforms, type Target } from "./targets.ts";
import { readWheel, type Wheel } from "./wheel.ts";

/** What the CLI brings up to date in a new virtual environment: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/toolchain/pip.go#L515 */
export const TOOLS = ["pip", "setuptools", "wheel"];

/** What one kind of machine needs. */
export interface WheelsFor {
  target: Target;
  wheels: Wheel[];
}

interface Wanted {
  published: Files;
  targets: readonly Target[];
  /** Whether what a new virtual environment asks for is wanted, too. */
  tools: boolean;
}

/** The wheels of all that requirements.txt asks for. @returns why there are none where that is so. */
export async function wheelsFor(
  directory: string,
  { published, targets, tools }: Wanted,
): Promise<{ all: WheelsFor[] } | { problems: Problem[] }> {
  const problems = unreachable(published);
  if (problems.length > 0) return { problems };
  const all: WheelsFor[] = [];
  for (const target of targets) {
    const found = await download(directory, target, tools ? TOOLS : []);
    if (typeof found === "string") return { problems: [{ text: found }] };
    all.push({ target, wheels: tools ? found : found.filter((wheel) => isUsed(wheel, found, askedFor(published))) });
  }
  return { all };
}

/**
 * What Pulumi's SDK asks for and a pack that is started has no use for: a debugger of programs, and what installs. They are larger than all else.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/pyproject.toml#L14
 */
const FOR_PROGRAMS = ["debugpy", "pip"];

/** Whether a pack may import it that is started without a virtual environment. @param asked what its requirements name themselves */
export function isUsed(wheel: Wheel, all: readonly Wheel[], asked: ReadonlySet<string>): boolean {
  const { name } = wheel.package;
  if (!FOR_PROGRAMS.includes(name) || asked.has(name)) return true;
  return all.some((other) => other.package.name !== "pulumi" && other.requires.includes(name));
}

/** @returns why it can't be done. */
async function download(directory: string, { python, platform }: Target, tools: string[]): Promise<Wheel[] | string> {
  const tags = platforms[platform];
  if (!tags) return `no wheels are known for ${platform}: name what the pack is for with --platform`;
  return inTemporaryFolder("quillon-wheels-", async (place) => {
    const options = [
      ...["download", "--quiet", "--disable-pip-version-check", "--dest", place, "--only-binary=:all:"],
      ...["--implementation", "cp", "--python-version", python, ...tags.flatMap((tag) => ["--platform", tag])],
    ];
    // One after the other, because where requirements have hashes pip wants them of all that it is asked for at once.
    for (const wanted of [["-r", "requirements.txt"], ...(tools.length > 0 ? [tools] : [])]) {
      const command = [systemPython(), "-m", "pip", ...options, ...wanted];
      const { failure, printed } = await run(command, directory, { env: ownEnvironment() });
      if (failure !== undefined) return `pip finds no wheels for Python ${python} on ${platform}: ${reasonOf(printed)}`;
    }
    return readdirSync(place).map((file) => readWheel(file, readFileSync(join(place, file))));
  });
}

/** Without what changes where pip installs and from what, but with the author's indexes. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { PIP_REQUIRE_VIRTUALENV, PIP_TARGET, PIP_USER, PIP_NO_BINARY, ...env } = process.env;
  return env;
}

/** pip's last lines that say what went wrong. */
function reasonOf(printed: string): string {
  const errors = printed.split("\n").filter((line) => line.startsWith("ERROR:"));
  return errors.map((line) => line.replace(/^ERROR: /, "")).join(" ") || printed.trim();
}
