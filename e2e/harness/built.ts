import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";
import { findPulumi } from "../../tools/toolchain/find.ts";

/** The tests run the built program. They import nothing from a package's source. */
export const quillonProgram = join(repositoryDir, "packages", "cli", "dist", "quillon.js");

export function pulumiProgram(): string {
  const found = findPulumi();
  if (!found) throw new Error("There is no Pulumi CLI. Build one with `npm run toolchain`, or set QUILLON_PULUMI.");
  return found;
}
