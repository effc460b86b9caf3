import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemPython } from "@quillon/runner";
import { PackRefused, type Problem } from "../problems.ts";
import { run } from "./run.ts";

/** Machines that a pack is made for. */
export interface Target {
  /** Such as 3.12. */
  python: string;
  platform: Platform;
}

/** The oldest first, because what runs with an old C library runs with newer ones: https://peps.python.org/pep-0600/ */
const manylinux = (processor: string) =>
  ["manylinux2014", ...[17, 24, 26, 27, 28, 31, 34, 35, 38, 39].map((minor) => `manylinux_2_${minor}`)].map(
    (tag) => `${tag}_${processor}`,
  );

/** What pip calls them, the preferred ones first. */
const platforms = {
  "linux-x86_64": manylinux("x86_64"),
  "linux-aarch64": manylinux("aarch64"),
  "macos-arm64": ["macosx_12_0_arm64"],
  "macos-x86_64": ["macosx_12_0_x86_64"],
  "windows-x86_64": ["win_amd64"],
};
type Platform = keyof typeof platforms;

/** What the CLI brings up to date in a new virtual environment: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/python/toolchain/pip.go#L515 */
const TOOLS = ["pip", "setuptools", "wheel"];

/**
 * The wheels of all that requirements.txt asks for, and of what a new virtual environment asks for.
 *
 * @returns by file name; or why there are none.
 */
export async function wheelsFor(
  directory: string,
  targets: readonly Target[],
): Promise<{ wheels: Map<string, Buffer> } | { problems: Problem[] }> {
  const problems = unreachable(directory);
  if (problems.length > 0) return { problems };
  const place = mkdtempSync(join(tmpdir(), "quillon-wheels-"));
  try {
    for (const target of targets) {
      const { code, printed } = await run([systemPython(), "-m", "pip", ...downloadOf(place, target)], directory);
      if (code !== 0)
        return {
          problems: [
            { text: `pip finds no wheels for Python ${target.python} on ${target.platform}: ${reasonOf(printed)}` },
          ],
        };
    }
    return { wheels: new Map(readdirSync(place).map((name) => [name, readFileSync(join(place, name))])) };
  } finally {
    rmSync(place, { recursive: true });
  }
}

function downloadOf(place: string, { python, platform }: Target): string[] {
  const tags = platforms[platform].flatMap((tag) => ["--platform", tag]);
  return [
    ...["download", "--quiet", "--disable-pip-version-check", "--dest", place, "--only-binary=:all:"],
    ...["--implementation", "cp", "--python-version", python, ...tags],
    ...["-r", "requirements.txt", ...TOOLS],
  ];
}

/** pip's last lines that say what went wrong. */
function reasonOf(printed: string): string {
  const errors = printed.split("\n").filter((line) => line.startsWith("ERROR:"));
  return errors.map((line) => line.replace(/^ERROR: /, "")).join(" ") || printed.trim();
}

/** What is not asked of an index has no wheel that could travel. */
function unreachable(directory: string): Problem[] {
  const lines = readFileSync(join(directory, "requirements.txt"), "utf8").split("\n");
  return lines.flatMap((text, index) => {
    const wanted = text.replace(/(^|\s)#.*/, "").trim();
    if (!isElsewhere(wanted)) return [];
    return [
      {
        file: "requirements.txt",
        line: index + 1,
        text: `${wanted} is not asked of a package index, so it has no wheel that could travel`,
      },
    ];
  });
}

function isElsewhere(wanted: string): boolean {
  if (/^(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b/.test(wanted)) return false;
  return /^(-e\b|--editable\b|[./~])|:\/\/|@\s*file:|\.(whl|zip|tar\.gz)$/.test(wanted);
}

/**
 * The machines of these versions of Python and these platforms; of this machine's where there are none.
 *
 * @throws PackRefused for what is no version or no platform.
 */
export async function targetsOf(pythons: readonly string[], names: readonly string[]): Promise<Target[]> {
  const wrong = pythons.find((version) => !/^3\.\d+$/.test(version));
  if (wrong !== undefined) throw new PackRefused(`${wrong} is no version of Python, such as 3.12.`);
  const unknown = names.find((name) => !(name in platforms));
  if (unknown !== undefined)
    throw new PackRefused(`${unknown} is no platform. Known are ${Object.keys(platforms).join(", ")}.`);
  const here = await thisMachine();
  const all = names.length > 0 ? (names as Platform[]) : [here.platform];
  return all.flatMap((platform) =>
    (pythons.length > 0 ? pythons : [here.python]).map((python) => ({ python, platform })),
  );
}

/** This machine. */
export async function thisMachine(): Promise<Target> {
  const python = systemPython();
  const script =
    "import platform, sys; print('%d.%d' % sys.version_info[:2], sys.platform, platform.machine().lower())";
  const { code, printed } = await run([python, "-c", script], process.cwd());
  if (code !== 0) throw new Error(`${python} does not run: ${printed.trim()}`);
  const [version = "", system = "", machine = ""] = printed.trim().split(" ");
  const name = { linux: "linux", darwin: "macos", win32: "windows" }[system];
  const processor = machine === "amd64" ? "x86_64" : machine === "arm64" && name === "linux" ? "aarch64" : machine;
  return { python: version, platform: `${name}-${processor}` as Platform };
}
