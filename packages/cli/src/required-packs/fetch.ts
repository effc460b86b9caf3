import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeCacheFolder } from "../folders.ts";
import { say } from "../output.ts";
import { helperEnv } from "./helper.ts";

/** A pack as the server says that it must run. */
export interface Wanted {
  name: string;
  versionTag: string;
  archiveSha256?: string;
  /** Where its archive is, or the archive itself. */
  packLocation?: string;
  archive?: Buffer | undefined;
}

/** What every program that starts a pack for Node.js needs. It is there after an install, and in the archive of a bundle. */
const NODE_SDK = "node_modules/@pulumi/pulumi";

/**
 * The folder of a pack, ready to run. It is named for the SHA-256 of the pack's archive, so what is in the cache is what was published.
 *
 * @param program which installs what a pack needs that is not bundled.
 * @throws Error when it can't be fetched, is not what was published, or can't be installed.
 */
export async function packFolder(
  { name, versionTag, packLocation, archiveSha256, archive: given }: Wanted,
  { cache, program }: { cache: string; program: string },
): Promise<string> {
  const what = `policy pack ${name} ${versionTag}`;
  if (!archiveSha256) throw new Error(`The server does not say what the archive of ${what} is. Is it an older one?`);
  const folder = join(cache, "packs", archiveSha256);
  if (existsSync(folder)) return folder;
  const archive = requirePublished(given ?? (await download(packLocation ?? "", what)), archiveSha256, what);
  await makeCacheFolder(join(cache, "packs"));
  // Another run may do the same at the same time. Whoever is ready first is taken.
  const making = join(cache, "packs", `.${randomUUID()}`);
  try {
    const { unpackArchive } = await import("@quillon/bundle");
    await unpackArchive(archive, making);
    await prepare(making, { what, program });
    await rename(making, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return folder;
}

/** @throws Error when it can't be fetched, or is not what was published. */
export async function fetchArchive(
  { packLocation, archiveSha256 }: { packLocation: string; archiveSha256: string },
  what: string,
): Promise<Buffer> {
  return requirePublished(await download(packLocation, what), archiveSha256, what);
}

function requirePublished(archive: Buffer, archiveSha256: string, what: string): Buffer {
  const found = createHash("sha256").update(archive).digest("hex");
  if (found === archiveSha256) return archive;
  throw new Error(
    `The archive of ${what} is not the one that was published: its SHA-256 is ${found}, and not ${archiveSha256}.`,
  );
}

async function download(url: string, what: string): Promise<Buffer> {
  const answer = await fetch(url).catch((error: Error) => {
    throw new Error(`The archive of ${what} can't be fetched.`, { cause: error.cause ?? error });
  });
  if (!answer.ok) throw new Error(`The archive of ${what} can't be fetched: the server answered ${answer.status}.`);
  return Buffer.from(await answer.arrayBuffer());
}

async function prepare(folder: string, { what, program }: { what: string; program: string }): Promise<void> {
  const path = join(folder, "PulumiPolicy.yaml");
  const { parseDocument } = await import("../yaml.ts");
  const document = parseDocument(await readFile(path, "utf8"));
  const { runtime } = document.toJS() as { runtime?: string | { name?: string; options?: { virtualenv?: string } } };
  const { name, options } = typeof runtime === "object" ? runtime : { name: runtime };
  if (name === "nodejs" && existsSync(join(folder, NODE_SDK))) return;
  // As the CLI does with packs that a service requires:
  // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/policypack.go#L336
  if (name === "python" && options?.virtualenv === undefined) {
    document.set("runtime", { name, options: { ...options, virtualenv: "venv" } });
    await writeFile(path, String(document));
  }
  say(`Installing what ${what} needs ...`);
  const child = spawn(program, ["install", "--non-interactive"], {
    cwd: folder,
    env: helperEnv(process.env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  const [code] = await once(child, "close").catch((error: Error) => {
    throw new Error(
      `What ${what} needs must be installed by the Pulumi CLI, which can't be started: ${error.message}. Install it, or enable a version that needs no installing, as quillon policy publish and quillon policy bundle make them of packs for Node.js, and quillon policy publish --no-venv of packs in Python.`,
    );
  });
  if (code !== 0) throw new Error(`What ${what} needs can't be installed by ${program} install:\n${printed.trim()}`);
}
