import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the policy pack that a folder belongs to, as the Pulumi CLI looks for it. @param from an absolute path */
export function packFolderOf(from: string): string | undefined {
  if (existsSync(join(from, "PulumiPolicy.yaml"))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : packFolderOf(parent);
}

/** @throws Error when a folder is no policy pack's. */
export function requirePackFolder(from: string): string {
  const folder = packFolderOf(from);
  if (folder !== undefined) return folder;
  throw new Error(
    `No PulumiPolicy.yaml in ${from} or in a folder above. Name a policy pack's folder, or make one: quillon policy new.`,
  );
}
