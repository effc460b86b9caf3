import { randomBytes } from "node:crypto";
import { constants, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the embedded database that `prepare.ts` has made before the tests. Benchmarks have none. */
const prepared = process.env.QUILLON_TEST_DATABASE;

/**
 * Fills a new data folder with what a server makes at its first start and is the same for all: the files of a database
 * with its tables and no rows. To make them takes two thirds of the processor time of a first start. The master key is a new one, because
 * a server refuses a database without one; the rest is made by the server itself: the key of the data, the first user, the token.
 */
export function fillDataFolder(folder: string): void {
  if (!prepared) return;
  mkdirSync(folder, { mode: 0o700 });
  cpSync(prepared, join(folder, "database"), { recursive: true, mode: constants.COPYFILE_FICLONE });
  writeFileSync(join(folder, "master.key"), `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
}
