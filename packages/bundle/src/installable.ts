import { posix, relative, sep } from "node:path";
import { unreachableNodeDependency } from "@quillon/contract/dependencies";
import type { Files } from "./artifact.ts";
import type { NodePack } from "./pack.ts";
import { PackRefused, type Problem } from "./problems.ts";

const QUILLON_SDK = "@quillon/policy";

/**
 * Looks for what can't work where a pack is enforced that is published as it is. The server looks for the dependencies, too, but only when the
 * version is reserved.
 *
 * @param problems why it can't be one bundle, if that is so.
 * @throws PackRefused when a client could not install the pack, or not start it.
 */
export function requireInstallable(pack: NodePack, published: Files, problems: Problem[] = []): void {
  const found = reasonNotInstallable(pack, published);
  if (found === undefined) return;
  if (problems.length === 0) throw new PackRefused(found);
  throw new PackRefused(`${found} It can't be one bundle:`, problems);
}

function reasonNotInstallable(
  { directory, entry, manifest, packageManager }: NodePack,
  published: Files,
): string | undefined {
  const inside = manifest.bundleDependencies ?? manifest.bundledDependencies;
  if (inside === true || (Array.isArray(inside) && inside.length > 0)) {
    return "package.json names bundleDependencies, which travel only as part of one bundle. Take them out, or publish the pack with pulumi policy publish.";
  }
  const main = relative(directory, entry).split(sep).join("/");
  if (!published.has(main)) {
    return `${main}, which starts the policy pack, would not be published. Take it out of .npmignore or .gitignore, or name it in "files" of package.json.`;
  }
  const isInside = (path: string) => isPublished(path, published);
  const unreachable = unreachableNodeDependency({ ...manifest }, isInside, packageManager);
  if (unreachable) {
    const { name, from } = unreachable;
    return `package.json asks for ${name} from ${JSON.stringify(from)}, which is not published with the policy pack, so no client can install it. Publish the pack as one bundle, publish ${name} to a registry, or put it into the pack's folder.`;
  }
  const sdk = manifest.dependencies?.[QUILLON_SDK];
  if (sdk !== undefined && !sdk.startsWith("file:")) {
    return `package.json asks for ${QUILLON_SDK}, which is in no public registry, so no client can install it. Publish the pack as one bundle, which has the SDK inside.`;
  }
  return undefined;
}

function isPublished(path: string, published: Files): boolean {
  const found = posix.join(path.replaceAll("\\", "/")).replace(/\/$/, "");
  return [...published.keys()].some((file) => file === found || file.startsWith(`${found}/`));
}
