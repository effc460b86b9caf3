import { join } from "node:path";
import { findPulumi, providersDir, repositoryDir } from "../../tools/toolchain-paths.mjs";

/** The tests run the built program. They import nothing from a package's source. */
export const quillonProgram = join(repositoryDir, "packages", "cli", "dist", "quillon.js");

export const echoProvider = join(providersDir, "pulumi-resource-echo");

export function pulumiProgram(): string {
  const found = findPulumi();
  if (!found) throw new Error("There is no Pulumi CLI. Build one with `npm run toolchain`, or set QUILLON_PULUMI.");
  return found;
}
