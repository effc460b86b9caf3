/** The program that a Node.js pack names in PulumiPolicy.yaml to install its packages. @returns undefined where it names none. */
export function namedNodeInstaller(packagemanager: unknown): string | undefined {
  return typeof packagemanager === "string" && !["auto", ""].includes(packagemanager) ? packagemanager : undefined;
}

/** Which program installs the packages of a Node.js pack. Without one named it is npm, which comes with Node.js. */
export function nodeInstaller(packagemanager: unknown): string {
  return namedNodeInstaller(packagemanager) ?? "npm";
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
