import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { World } from "./world.ts";

/** Writes files into a folder, which is made if it does not exist. @param files paths in the folder, and their text. */
export function writeFiles(dir: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

/** Writes the configuration of a policy pack as JSON. @returns the path, for `--config`. */
export function configFile({ dir }: World, name: string, config: object): string {
  writeFiles(dir, { [name]: JSON.stringify(config) });
  return join(dir, name);
}
