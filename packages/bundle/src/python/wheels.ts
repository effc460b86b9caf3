import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemPython } from "@quillon/runner";
import type { Files } from "../artifact.ts";
import { PackRefused, type Problem } from "../problems.ts";
import { unreachable } from "./requirements.ts";
import { run } from "./run.ts";

/** Machines that a pack is made for. */
export interface Target {
  /** Such as 3.12. */
  python: string;
  /** Such as linux-x86_64. */
  platform: string;
}

/** The oldest first, because what runs with an old C library runs with newer ones: https://peps.python.org/pep-0600/ */
const manylinux = (processor: string) =>
  ["manylinux2014", ...[17, 24, 26, 27, 28, 31, 34, 35, 38, 39].map((minor) => `manylinux_2_${minor}`)].map(
    (tag) => `${tag}_${processor}`,
  );

/** What pip calls them, the preferred ones first. */
const platforms: Record<string, string[]> = {
  "linux-x86_64": manylinux("x86_64"),
  "linux-aarch64": manylinux("aarch64"),
  "macos-arm64": ["macosx_12_0_arm64"],
  "macos-x86_64": ["macosx_12_0_x86_64"],
  "windows-x86_64": ["win_amd64"],
};

/** What the CLI brings up to date in a new virtual environment: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/toolchain/pip.go#L515 */
const TOOLS = ["pip", "setuptools", "wheel"];

/**
 * The wheels of all that requirements.txt asks for, and of what a new virtual environment asks for.
 *
 * @returns by file name; or why there are none.
 */
export async function wheelsFor(
  directory: string,
  { published, targets }: { published: Files; targets: readonly Target[] },
): Promise<{ wheels: Map<string, Buffer> } | { problems: Problem[] }> {
  const problems = unreachable(published);
  if (problems.length > 0) return { problems };
  const place = mkdtempSync(join(tmpdir(), "quillon-wheels-"));
  try {
    for (const target of targets) {
      const problem = await download(directory, place, target);
      if (problem !== undefined) return { problems: [{ text: problem }] };
    }
    return { wheels: new Map(readdirSync(place).map((name) => [name, readFileSync(join(place, name))])) };
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** @returns why it can't be done. */
async function download(directory: string, place: string, { python, platform }: Target): Promise<string | undefined> {
  const tags = platforms[platform];
  if (!tags) return `no wheels are known for ${platform}: name what the pack is for with --platform`;
  const options = [
    ...["download", "--quiet", "--disable-pip-version-check", "--dest", place, "--only-binary=:all:"],
    ...["--implementation", "cp", "--python-version", python, ...tags.flatMap((tag) => ["--platform", tag])],
  ];
  // One after the other, because where requirements have hashes pip wants them of all that it is asked for at once.
  for (const wanted of [["-r", "requirements.txt"], TOOLS]) {
    const { code, printed } = await run(
      [systemPython(), "-m", "pip", ...options, ...wanted],
      directory,
      ownEnvironment(),
    );
    if (code !== 0) return `pip finds no wheels for Python ${python} on ${platform}: ${reasonOf(printed)}`;
  }
  return undefined;
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

/**
 * The machines of these versions of Python and these platforms; of this machine's where there are none.
 *
 * @throws PackRefused for what is no version or no platform.
 */
export async function targetsOf(pythons: readonly string[], names: readonly string[]): Promise<Target[]> {
  const wrong = pythons.find((version) => !/^3\.\d+$/.test(version));
  if (wrong !== undefined) throw new PackRefused(`${wrong} is no version of Python, such as 3.12.`);
  const unknown = names.find((name) => !Object.hasOwn(platforms, name));
  if (unknown !== undefined)
    throw new PackRefused(`${unknown} is no platform. Known are ${Object.keys(platforms).join(", ")}.`);
  const here = await thisMachine();
  const all = names.length > 0 ? names : [here.platform];
  return all.flatMap((platform) =>
    (pythons.length > 0 ? pythons : [here.python]).map((python) => ({ python, platform })),
  );
}

/** This machine, whose platform may be one that no wheels are known for. */
export async function thisMachine(): Promise<Target> {
  const python = systemPython();
  const script =
    "import platform, sys; print('%d.%d' % sys.version_info[:2], sys.platform, platform.machine().lower(), platform.libc_ver()[0])";
  const { code, printed } = await run([python, "-c", script], process.cwd());
  if (code !== 0) throw new Error(`${python} does not run: ${printed.trim()}`);
  const [version = "", system = "", machine = "", library] = printed.trim().split(" ");
  const names = { linux: library === "glibc" ? "linux" : "musl-linux", darwin: "macos", win32: "windows" };
  const name = names[system as keyof typeof names] ?? system;
  const processor = machine === "amd64" ? "x86_64" : machine === "arm64" && name === "linux" ? "aarch64" : machine;
  return { python: version, platform: `${name}-${processor}` };
}
