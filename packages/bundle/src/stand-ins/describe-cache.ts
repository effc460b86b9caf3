import { execFile } from "node:child_process";
import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describeProgram } from "../assets.ts";
import { PackRefused } from "../refused.ts";
import type { Provider } from "./plugin.ts";
import type { StandIns } from "./stand-ins.ts";

/** Changes when `describe.ts` writes something else. */
const FORMAT = 1;

/** Describes a provider's package, or remembers it: a version of a package never changes. @param cache a folder */
export async function describeProvider({ name, version, folder }: Provider, cache: string): Promise<StandIns> {
  const file = join(cache, `stand-ins-${FORMAT}`, `${name}@${version}.json`);
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known) return JSON.parse(known);
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await promisify(execFile)(process.execPath, [describeProgram, folder, unfinished]).catch(
    (error: { stderr?: string }) => {
      throw new PackRefused(`${name}@${version} can't be loaded:\n${error.stderr ?? error}`);
    },
  );
  await rename(unfinished, file);
  return JSON.parse(await readFile(file, "utf8"));
}
