import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { migrate } from "../db/migrate.ts";
import type { Db } from "../db/open.ts";
import { prepareJobs } from "../jobs/index.ts";
import { deliverJob } from "../notify/index.ts";

const source = join(import.meta.dirname, "..");
const repository = join(source, "../../..");
const cache = join(repository, ".cache", "test-databases");

/** Makes the tables and queues that a server makes at its start. */
export async function prepare(db: Db): Promise<void> {
  await migrate(db);
  await prepareJobs(db, [deliverJob]);
}

/** Differs when `prepare` may make something else: of the migrations, of what makes the queues, and of all dependencies. */
export async function preparedDigest(): Promise<string> {
  const migrations = join(source, "db", "migrations");
  const files = [
    ...(await readdir(migrations)).sort().map((name) => join(migrations, name)),
    ...["boss.ts", "prepare.ts"].map((name) => join(source, "jobs", name)),
    join(repository, "package-lock.json"),
  ];
  const hash = createHash("sha256").update(deliverJob.name);
  for (const file of files) hash.update(basename(file)).update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

/** What `make` returned when it was first called with this name, in this run or an earlier one. */
export async function cached(name: string, make: () => Promise<Blob>): Promise<Blob> {
  const path = join(cache, name);
  const found = await readFile(path).catch(() => undefined);
  if (found) return new Blob([found]);
  const made = await make();
  await mkdir(cache, { recursive: true });
  // Several test files may make it at the same time. Each reads either nothing or all of it.
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, Buffer.from(await made.arrayBuffer()));
  await rename(unfinished, path);
  return made;
}
