import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../package-folder.ts";
import type { Sdk } from "./pack-files.ts";

/** `@quillon/policy` as it comes with this program. */
export function packedSdk(): Sdk {
  const folder = join(packageFolder, "dist");
  const file = readdirSync(folder).find((name) => /^quillon-policy-.*\.tgz$/.test(name));
  if (file === undefined) throw new Error("@quillon/policy is not beside this program. Run: npm run build");
  return { file, content: readFileSync(join(folder, file)) };
}
