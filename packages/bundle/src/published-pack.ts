import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { parseDocument } from "yaml";
import { FILE, PROGRAM, readArchive } from "./artifact.ts";
import { install } from "./install.ts";
import { readNodePack } from "./pack.ts";
import { PackRefused } from "./problems.ts";
import { readProjectFile } from "./project-file.ts";
import { BOOT_FILE } from "./sdk.ts";

/**
 * Writes the files of a published pack, as another version, and installs what it needs, without running any script of its dependencies.
 *
 * @param archive as it was published
 * @param directory an empty folder
 * @param version what its package.json gets
 * @throws PackRefused when it is a bundle already, or no Node.js pack, or can't be installed.
 */
export async function unpackPublished(archive: Uint8Array, directory: string, version: string): Promise<void> {
  await unpackArchive(archive, directory);
  if (existsSync(join(directory, BOOT_FILE)))
    throw new PackRefused("This version is one bundle already: it needs no installing.");
  if (readProjectFile(directory).runtime === "python") {
    throw new PackRefused(
      "Packs in Python are bundled from their sources only: quillon policy publish, in the pack's folder.",
    );
  }
  const { manifest, projectVersion } = readNodePack(directory);
  await install(directory);
  writeFileSync(join(directory, "package.json"), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
  if (projectVersion !== undefined) setProjectVersion(directory, version);
}

/**
 * Writes the files of a pack's archive.
 *
 * @param directory an empty folder, or one that is made.
 * @throws PackRefused for a file outside of the folder.
 */
export async function unpackArchive(archive: Uint8Array, directory: string): Promise<void> {
  for (const [path, { content, isProgram }] of await readArchive(archive)) {
    const full = join(directory, path);
    if (!full.startsWith(directory + sep)) throw new PackRefused(`${path} would be written outside the pack's folder.`);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode: isProgram ? PROGRAM : FILE });
  }
}

function setProjectVersion(directory: string, version: string): void {
  const path = join(directory, "PulumiPolicy.yaml");
  const document = parseDocument(readFileSync(path, "utf8"));
  document.set("version", version);
  writeFileSync(path, String(document));
}
