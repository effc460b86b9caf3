import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the policy pack that a folder belongs to, as the Pulumi CLI looks for it. @param from an absolute path */
export function packFolderOf(from: string): string | undefined {
  if (existsSync(join(from, "PulumiPolicy.yaml"))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : packFolderOf(parent);
}
