import { systemPython } from "@quillon/runner";
import { PackRefused } from "../problems.ts";
import { run } from "../run.ts";

/** Machines that a pack is made for. */
export interface Target {
  /** Such as 3.12. */
  python: string;
  /** Such as linux-x86_64. */
  platform: string;
}

/** Of an archive, in the folder with the packages: servers read from it what a pack needs. */
export const MACHINES_FILE = "machines.txt";

export function machinesFile(targets: readonly Target[]): string {
  return targets.map((target) => `${machine(target)}\n`).join("");
}

export function machine({ python, platform }: Target): string {
  return `${python}-${platform}`;
}

/** The oldest first, because what runs with an old C library runs with newer ones: https://peps.python.org/pep-0600/ */
const manylinux = (processor: string) =>
  ["manylinux2014", ...[17, 24, 26, 27, 28, 31, 34, 35, 38, 39].map((minor) => `manylinux_2_${minor}`)].map(
    (tag) => `${tag}_${processor}`,
  );

/** What pip calls them, the preferred ones first. */
export const platforms: Record<string, string[]> = {
  "linux-x86_64": manylinux("x86_64"),
  "linux-aarch64": manylinux("aarch64"),
  "macos-arm64": ["macosx_12_0_arm64"],
  "macos-x86_64": ["macosx_12_0_x86_64"],
  "windows-x86_64": ["win_amd64"],
};

/** The versions of Python and the platforms that somebody names; none for this machine's. */
export interface Wanted {
  python: readonly string[];
  platform: readonly string[];
}

/** @throws PackRefused for what is no version or no platform. */
export function targetsOf({ python, platform }: Wanted, here: Target): Target[] {
  const wrong = python.find((version) => !/^3\.\d+$/.test(version));
  if (wrong !== undefined) throw new PackRefused(`${wrong} is no version of Python, such as 3.12.`);
  const unknown = platform.find((name) => !Object.hasOwn(platforms, name));
  if (unknown !== undefined)
    throw new PackRefused(`${unknown} is no platform. Known are ${Object.keys(platforms).join(", ")}.`);
  const versions = python.length > 0 ? python : [here.python];
  const names = platform.length > 0 ? platform : [here.platform];
  return names.flatMap((platform) => versions.map((python) => ({ python, platform })));
}

const SCRIPT =
  "import platform, sys; print('%d.%d' % sys.version_info[:2], sys.platform, platform.machine().lower(), platform.libc_ver()[0])";

/** This machine. */
export async function thisMachine(): Promise<Target> {
  const python = systemPython();
  const { failure, printed } = await run([python, "-c", SCRIPT], process.cwd());
  if (failure !== undefined) throw new PackRefused(`${python} does not run: ${failure}\n${printed.trim()}`);
  return machineOf(printed);
}

/** What the script has printed. The platform may be one that no wheels are known for. */
export function machineOf(printed: string): Target {
  const [python = "", system = "", machine = "", library] = printed.trim().split(" ");
  const names = { linux: library === "glibc" ? "linux" : "musl-linux", darwin: "macos", win32: "windows" };
  const name = names[system as keyof typeof names] ?? system;
  const processor = machine === "amd64" ? "x86_64" : machine;
  return { python, platform: `${name}-${processor}` };
}
