/** The program that a Node.js pack names in PulumiPolicy.yaml to install its packages. @returns undefined where it names none. */
export function namedNodeInstaller(packagemanager: unknown): string | undefined {
  return typeof packagemanager === "string" && !["auto", ""].includes(packagemanager) ? packagemanager : undefined;
}

/** Which program installs the packages of a Node.js pack. Without one named it is npm, which comes with Node.js. */
export function nodeInstaller(packagemanager: unknown): string {
  return namedNodeInstaller(packagemanager) ?? "npm";
}

/** The files by which programs remember what they have installed. */
export const LOCK_FILES = {
  "yarn.lock": "yarn",
  "pnpm-lock.yaml": "pnpm",
  "bun.lock": "bun",
  "bun.lockb": "bun",
  "package-lock.json": "npm",
} as const;

/**
 * Which program the author of a Node.js pack installs its packages with.
 *
 * @param folders the pack's and those above, which may be a workspace: which files each has
 */
export function authorsInstaller(packagemanager: unknown, folders: readonly ((file: string) => boolean)[]): string {
  const locks = Object.entries(LOCK_FILES);
  const found = folders.flatMap((has) => locks.find(([file]) => has(file))?.[1] ?? []);
  return namedNodeInstaller(packagemanager) ?? found[0] ?? "npm";
}

/**
 * Which program installs those of a Python pack, as newer CLIs choose: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/python/toolchain/toolchain.go#L140
 *
 * @param toolchain the option in PulumiPolicy.yaml
 * @param has whether the pack has a file
 */
export function pythonInstaller(toolchain: unknown, has: (file: string) => boolean): string {
  if (typeof toolchain === "string") return toolchain;
  if (has("uv.lock")) return "uv";
  return has("poetry.lock") ? "poetry" : "pip";
}
