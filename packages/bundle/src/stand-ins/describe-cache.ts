import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeProgram } from "../assets.ts";
import { PackRefused } from "../problems.ts";
import type { Provider } from "./plugin.ts";
import type { StandIns } from "./stand-ins.ts";

/** Changes when `describe.ts` writes something else. */
const FORMAT = "3";
const MILLISECONDS = 120_000;

/**
 * What describes providers' packages, each once, and remembers them as long as none of their files changes.
 *
 * @param cache a folder
 * @param signal ends what is not done
 */
export function describer(cache: string, signal: AbortSignal): (provider: Provider) => Promise<StandIns> {
  const described = new Map<string, Promise<StandIns>>();
  return (provider) => {
    const found = described.get(provider.folder) ?? describeProvider(provider, { cache, signal });
    described.set(provider.folder, found);
    return found;
  };
}

async function describeProvider(
  provider: Provider,
  { cache, signal }: { cache: string; signal: AbortSignal },
): Promise<StandIns> {
  const { name, version, folder } = provider;
  const file = join(cache, `stand-ins-${await keyOf(provider)}.json`);
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known) return JSON.parse(known);
  await mkdir(cache, { recursive: true });
  const unfinished = `${file}.${randomUUID()}`;
  try {
    // Without the environment: what a package reads of it while it loads would be published.
    const env = { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot };
    const options = { env, timeout: MILLISECONDS, signal };
    await promisify(execFile)(process.execPath, [describeProgram, folder, unfinished], options);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new PackRefused(`${name}@${version} can't be loaded:\n${(error as { stderr?: string }).stderr || error}`);
  }
  return JSON.parse(await readFile(file, "utf8"));
}

async function keyOf({ name, version, folder }: Provider): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([FORMAT, name, version]));
  const paths = (await readdir(folder, { recursive: true })).filter((path) => /\.(c?js|json)$/.test(path)).sort();
  const files = await Promise.all(paths.map((path) => stat(join(folder, path))));
  for (const [index, { size, mtimeMs }] of files.entries()) hash.update(JSON.stringify([paths[index], size, mtimeMs]));
  return hash.digest("hex").slice(0, 32);
}
