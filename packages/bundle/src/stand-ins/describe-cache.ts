import { createHash, randomUUID } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rename, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { atEnd } from "@quillon/runner";
import { describeProgram } from "../assets.ts";
import { PackRefused } from "../problems.ts";
import { run } from "../run.ts";
import type { Provider } from "./plugin.ts";
import type { StandIns } from "./stand-ins.ts";

/** Changes when `describe.ts` writes something else. */
const FORMAT = "3";
const MILLISECONDS = 120_000;
/** Providers are described again for each of their versions, in up to some megabytes. */
const MOST_KEPT = 50;

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
  // A file that a power cut has left without its end is written again.
  const known = await readFile(file, "utf8")
    .then(JSON.parse, () => undefined)
    .catch(() => undefined);
  if (known) {
    await utimes(file, new Date(), new Date()).catch(() => {});
    return known;
  }
  await mkdir(cache, { recursive: true });
  const unfinished = `${file}.${randomUUID()}`;
  const remove = () => rmSync(unfinished, { force: true });
  const forget = atEnd(remove);
  try {
    const { failure, printed } = await run([process.execPath, describeProgram, folder, unfinished], process.cwd(), {
      // Without the environment: what a package reads of it while it loads would be published.
      env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
      signal: AbortSignal.any([signal, AbortSignal.timeout(MILLISECONDS)]),
    });
    if (failure !== undefined)
      throw new PackRefused(`${name}@${version} can't be loaded: ${failure}\n${printed.trim()}`);
    await rename(unfinished, file);
  } finally {
    remove();
    forget();
  }
  const described = await readFile(file, "utf8");
  await forgetOldest(cache);
  return JSON.parse(described);
}

/** Removes what was used longest ago. */
async function forgetOldest(cache: string): Promise<void> {
  const paths = (await readdir(cache))
    .filter((name) => /^stand-ins-\w+\.json$/.test(name))
    .map((name) => join(cache, name));
  const found = paths.map((path) => ({ path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
  found.sort((one, other) => other.used - one.used);
  for (const { path } of found.slice(MOST_KEPT)) rmSync(path, { force: true });
}

async function keyOf({ name, version, folder }: Provider): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([FORMAT, name, version]));
  const paths = (await readdir(folder, { recursive: true })).filter((path) => /\.(c?js|json)$/.test(path)).sort();
  const files = await Promise.all(paths.map((path) => stat(join(folder, path))));
  // npm gives the files of each package the same time. When they were written here it does not choose.
  for (const [index, { size, mtimeMs, ctimeMs }] of files.entries())
    hash.update(JSON.stringify([paths[index], size, mtimeMs, ctimeMs]));
  return hash.digest("hex").slice(0, 32);
}
