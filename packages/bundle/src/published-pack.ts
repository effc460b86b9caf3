import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { parseDocument } from "yaml";
import { FOLDER } from "./artifact.ts";
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
  const files = await filesOf(archive);
  if (files.has(BOOT_FILE)) throw new PackRefused("This version is one bundle already: it needs no installing.");
  for (const [path, { content, mode }] of files) {
    const full = join(directory, path);
    if (!full.startsWith(directory + sep)) throw new PackRefused(`${path} would be written outside the pack's folder.`);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode });
  }
  if (readProjectFile(directory).runtime === "python") {
    throw new PackRefused(
      "Packs in Python are bundled from their sources only: quillon policy publish, in the pack's folder.",
    );
  }
  const { packageManager, manifest, projectVersion } = readNodePack(directory);
  await install(packageManager, directory);
  writeFileSync(join(directory, "package.json"), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
  if (projectVersion !== undefined) setProjectVersion(directory, version);
}

function setProjectVersion(directory: string, version: string): void {
  const path = join(directory, "PulumiPolicy.yaml");
  const document = parseDocument(readFileSync(path, "utf8"));
  document.set("version", version);
  writeFileSync(path, String(document));
}

interface ArchivedFile {
  content: Buffer;
  mode: number;
}

async function filesOf(archive: Uint8Array): Promise<Map<string, ArchivedFile>> {
  const files = new Map<string, ArchivedFile>();
  const tar = extract();
  tar.end(gunzipSync(archive));
  for await (const entry of tar) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, type, mode = 0 } = entry.header;
    if (type !== "file" || !name.startsWith(FOLDER)) continue;
    files.set(name.slice(FOLDER.length), { content: Buffer.concat(chunks), mode: mode & 0o111 ? 0o755 : 0o644 });
  }
  return files;
}

/** What it prints is only shown when it fails. */
async function install(packageManager: string, directory: string): Promise<void> {
  const child = spawn(packageManager, ["install", "--ignore-scripts"], {
    cwd: directory,
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  const ended = await new Promise<string | undefined>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, by) => resolve(code === 0 ? undefined : `it ended with ${by ?? `exit code ${code}`}`));
  });
  if (ended === undefined) return;
  throw new PackRefused(`${packageManager} can't install what the policy pack needs: ${ended}\n${printed.trim()}`);
}
