import { nodeInstaller } from "@quillon/contract/installers";

/** What `npm init` writes. */
const NO_TEST = /no test specified/;

/** What is known of a pack. */
export interface Tested {
  runtime: string | undefined;
  options: Partial<Record<string, string>>;
  /** The script `test` of package.json. */
  script?: string | undefined;
  /** The program that starts a pack in Python. */
  python?: string;
  /** Which of pytest and coverage that Python has. */
  modules?: readonly string[];
}

/**
 * What runs the tests of a pack, one command after the other: its own script, else what its language brings.
 *
 * @throws Error when nothing is known that would.
 */
export function testCommands({ runtime, options, script, python = "python3", modules = [] }: Tested): string[][] {
  if (runtime === "nodejs" || runtime === "bun") {
    const own = script !== undefined && !NO_TEST.test(script);
    if (own) return [[runtime === "bun" ? "bun" : nodeInstaller(options.packagemanager), "run", "test"]];
    return [runtime === "bun" ? ["bun", "test"] : [process.execPath, "--test"]];
  }
  if (runtime !== "python")
    throw new Error(
      `How policy packs for ${runtime ?? "no runtime"} are tested is not known. Those for nodejs, bun and python can be.`,
    );
  const runner = modules.includes("pytest") ? "pytest" : "unittest";
  if (!modules.includes("coverage")) return [[python, "-m", runner]];
  return [
    [python, "-m", "coverage", "run", "--source", ".", "--omit", "venv/*,.venv/*,test_*", "-m", runner],
    [python, "-m", "coverage", "report"],
  ];
}
