import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { authorsInstaller, nodeInstaller, pythonInstaller } from "@quillon/contract/installers";

/** What PulumiPolicy.yaml says of a pack. */
export interface PackRuntime {
  runtime: string | undefined;
  options: Partial<Record<string, string>>;
}

/** Whether a pack has a file. */
type Has = (file: string) => boolean;

const isWindows = process.platform === "win32";

/** The Python that makes virtual environments. */
export function systemPython(): string {
  return process.env.PULUMI_PYTHON_CMD || (isWindows ? "python" : "python3");
}

/** The Python of a virtual environment. */
export function pythonIn(environment: string): string {
  return join(environment, ...(isWindows ? ["Scripts", "python.exe"] : ["bin", "python"]));
}

/** What installs a pack's dependencies, one command after the other. */
export function installCommands({ runtime, options }: PackRuntime, has: Has): string[][] {
  if (runtime === "nodejs") return has("package.json") ? [[nodeInstaller(options.packagemanager), "install"]] : [];
  if (runtime === "bun") return has("package.json") ? [["bun", "install"]] : [];
  if (runtime !== "python") return [];
  const toolchain = pythonInstaller(options.toolchain, has);
  if (toolchain !== "pip") return pythonInstall("", toolchain, has);
  const environment = options.virtualenv;
  if (environment === undefined) return [];
  return [[systemPython(), "-m", "venv", environment], ...pythonInstall(pythonIn(environment), toolchain, has)];
}

function pythonInstall(python: string, toolchain: string, has: Has): string[][] {
  if (toolchain === "uv") return [["uv", "sync"]];
  if (toolchain === "poetry") return [["poetry", "install", "--no-root"]];
  const lists = ["requirements.txt", "requirements-dev.txt"].filter(has).flatMap((file) => ["-r", file]);
  return lists.length > 0 ? [[python, "-m", "pip", "install", ...lists]] : [];
}

/** What makes a virtual environment that is not there, for the end of a message. */
export function howToMake(virtualenv: string, directory: string): string {
  return told(installCommands({ runtime: "python", options: { virtualenv } }, filesIn(directory)), directory);
}

/**
 * What to do when a pack has ended because a package was not there, for the end of a message. Empty when it ended for another reason.
 *
 * @param printed by the pack
 * @param program that ran it: Node.js, or a Python
 */
export function howToInstall(printed: string, program: string, directory: string): string {
  if (/\bNo module named '/.test(printed)) return howToInstallInPython(program, directory);
  // One that begins otherwise is a file of the pack's own.
  const isPackage = /\bCannot find (module|package) '[^'./]/.test(printed);
  return isPackage ? told([[installerOf(directory), "install"]], directory) : "";
}

/** The same for a pack in Python, by the Python that ran it. */
export function howToInstallInPython(python: string, directory: string): string {
  const has = filesIn(directory);
  const made = ["venv", ".venv"].find((folder) => has(join(folder, "pyvenv.cfg")));
  if (python === systemPython() && made)
    return `PulumiPolicy.yaml does not name the virtual environment in ${made}, so the ${python} of the PATH was started. Write \`virtualenv: ${made}\` into the options of its runtime, or activate it.`;
  const commands = pythonInstall(python, pythonInstaller(undefined, has), has);
  const install = commands.length > 0 ? commands : [[python, "-m", "pip", "install", "pulumi-policy"]];
  return python === systemPython()
    ? `Activate the virtual environment that has what the pack needs. ${told(install, directory, "Or run")}`
    : told(install, directory);
}

function told(commands: string[][], directory: string, run = "Run"): string {
  return `${run} \`${commands.map((command) => command.join(" ")).join(" && ")}\` in ${directory}.`;
}

/** Which program installs what a pack for Node.js needs. */
export function installerOf(directory: string, packagemanager?: string): string {
  return authorsInstaller(packagemanager, foldersFrom(directory).map(filesIn));
}

/** A folder, and those above. */
export function foldersFrom(directory: string): string[] {
  const above = dirname(directory);
  return [directory, ...(above === directory ? [] : foldersFrom(above))];
}

function filesIn(folder: string): Has {
  return (file) => existsSync(join(folder, file));
}
