import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiError, type Client } from "@quillon/contract/client";
import { say } from "../output.ts";
import { sendUnsent, type Unsent } from "./reported-run.ts";

/** Keeps what the server could not be told of a run. It holds the token of the run's lease, which soon ends. */
export async function keep(folder: string, server: string, unsent: Unsent): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${unsent.params.updateID}.json`);
  const made = `${path}.${randomUUID()}.tmp`;
  await writeFile(made, JSON.stringify({ server, ...unsent }), { mode: 0o600 });
  await rename(made, path);
}

/** Sends what was kept for this server, and says what it does not take any more. */
export async function sendKept(folder: string, server: string, client: Client): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(".json"))) {
    const path = join(folder, name);
    const kept = await readKept(path);
    if (!kept) {
      await setAside(path);
      continue;
    }
    if (kept.server !== server || !(await isDone(client, kept))) continue;
    await rm(path, { force: true });
  }
}

/** @returns undefined for what is damaged. */
async function readKept(path: string): Promise<(Unsent & { server: string }) | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, "utf8"));
    const isWhole = kept.server && kept.token && kept.status && kept.params.updateID && Array.isArray(kept.events);
    return isWhole ? kept : undefined;
  } catch {
    return undefined;
  }
}

async function setAside(path: string): Promise<void> {
  await rename(path, `${path}.damaged`).catch(() => {});
  say(`${path} can't be read, so Quillon can't be told of the run that it is of. It is kept as ${path}.damaged.`);
}

/** Whether nothing more can be done. */
async function isDone(client: Client, kept: Unsent): Promise<boolean> {
  const { orgName, projectName, stackName, updateID } = kept.params;
  const what = `an earlier run of ${orgName}/${projectName}/${stackName} (${updateID})`;
  try {
    await sendUnsent(client, kept);
    say(`Quillon has been told of ${what}.`);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError && error.status < 500)) return false;
    say(`Quillon can't be told any more of ${what}, so its receipt is incomplete: ${error.message}`);
    return true;
  }
}
