// Where the pinned toolchain is, and which Pulumi CLI to use. Node.js only, no dependency, so that the demo,
// the tests and the build script itself can ask the same questions.
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryDir = fileURLToPath(new URL("..", import.meta.url));
export const cacheDir = join(repositoryDir, ".cache", "toolchain");
export const binDir = join(cacheDir, "bin");
export const providersDir = join(cacheDir, "providers");

/** The providers that the echo provider answers for, by the names of links to it. */
export const echoedProviders = ["aws", "kubernetes", "random"];

export function pinnedPulumi(version) {
  return version === undefined ? join(binDir, "pulumi") : join(cacheDir, version, "bin", "pulumi");
}

export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function findOnPath(name, path = process.env.PATH ?? "") {
  return path
    .split(delimiter)
    .filter((dir) => dir !== "")
    .map((dir) => join(dir, name))
    .find(isProgram);
}

export function findPulumi({ prefer = "pinned", env = process.env } = {}) {
  const given = env.QUILLON_PULUMI;
  if (given) {
    if (isProgram(given)) return given;
    throw new Error(
      `QUILLON_PULUMI is ${given}, which is no program. Set it to the path of a pulumi binary, or unset it.`,
    );
  }
  const pinned = isProgram(pinnedPulumi()) ? pinnedPulumi() : undefined;
  const onPath = findOnPath("pulumi", env.PATH);
  return prefer === "pinned" ? (pinned ?? onPath) : (onPath ?? pinned);
}

const echoProvider = join(providersDir, "pulumi-resource-echo");

export function linkProvider(pulumiHome, { name, version }, target = echoProvider) {
  if (!isProgram(target)) throw new Error(`${target} is not built. Run npm run toolchain.`);
  const dir = join(pulumiHome, "plugins", `resource-${name}-v${version.replace(/^v/, "")}`);
  const link = join(dir, `pulumi-resource-${name}`);
  mkdirSync(dir, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}

export function linkProvidersOf(programDir, pulumiHome, target = echoProvider) {
  const linked = [];
  const scope = join(programDir, "node_modules", "@pulumi");
  for (const entry of readdirSync(scope).sort()) {
    const manifest = JSON.parse(readFileSync(join(scope, entry, "package.json"), "utf8"));
    if (manifest.pulumi?.resource !== true) continue;
    const provider = { name: manifest.pulumi.name ?? entry, version: manifest.pulumi.version ?? manifest.version };
    linkProvider(pulumiHome, provider, target);
    linked.push(provider);
  }
  return linked;
}
