import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "@quillon/contract/client";
import { makeStateFolder } from "../folders.ts";
import { say } from "../output.ts";
import type { SentEvent } from "./event.ts";
import { isRefusal } from "./patience.ts";
import {
  type Basis,
  createRun,
  type PlannedRun,
  type Registrant,
  type RunFacts,
  registerStack,
  startRun,
} from "./registration.ts";
import { type Ended, sendUnsent, type Unsent } from "./reported-run.ts";

/** A command of which no server knows. It is kept from before it is run, so that one that is killed is known, too. */
export interface Late extends Registrant {
  id: string;
  facts: RunFacts;
  /** With the time at which it began, and a later one when it has ended. */
  basis: Basis & { ran: { from: number; to: number } };
  runs: LateRun[];
  /** Of the process that runs it, while it does. */
  pid?: number | undefined;
}

interface LateRun extends PlannedRun {
  events: SentEvent[];
  status: Ended;
}

/** Keeps what the server could not be told of a run. It holds the token of the run's lease, which soon ends. */
export async function keep(folder: string, server: string, unsent: Unsent): Promise<void> {
  await write(folder, unsent.params.updateID, { server, ...unsent });
}

/** Keeps what the server does not know of at all. */
export async function keepLate(folder: string, server: string, late: Late): Promise<void> {
  await write(folder, late.id, { server, late });
}

export async function removeLate(folder: string, id: string): Promise<void> {
  await rm(pathOf(folder, id), { force: true });
}

async function write(folder: string, id: string, content: object): Promise<void> {
  await makeStateFolder(folder);
  const path = pathOf(folder, id);
  const made = `${path}.${randomUUID()}.tmp`;
  await writeFile(made, JSON.stringify(content), { mode: 0o600 });
  await rename(made, path);
}

function pathOf(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

/** Sends what was kept for this server, and says what it does not take any more. */
export async function sendKept(folder: string, server: string, client: Client): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(".json")).sort()) {
    const path = join(folder, name);
    const kept = await readKept(path);
    if (!kept) {
      await setAside(path);
      continue;
    }
    if (kept.server !== server) continue;
    if ("late" in kept) {
      if (!isRunning(kept.late)) await sendLate(folder, server, { client, late: kept.late });
    } else await sendOne(folder, client, kept);
  }
}

type Kept = { server: string } & (Unsent | { late: Late });

/** @returns undefined for what is damaged. */
async function readKept(path: string): Promise<Kept | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, "utf8"));
    const isWhole = "late" in kept ? isWholeLate(kept.late) : kept.token && kept.params.updateID && isWholeRun(kept);
    return kept.server && isWhole ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** @throws TypeError */
function isWholeLate({ id, place, facts, basis, runs }: Late): boolean {
  const isTold = id && place.project && place.stack && facts && Number.isSafeInteger(basis.ran.from);
  return Boolean(isTold) && runs.every((run) => run.kind && isWholeRun(run));
}

function isWholeRun({ status, events }: Pick<LateRun, "status" | "events">): boolean {
  return Boolean(status) && Array.isArray(events);
}

async function setAside(path: string): Promise<void> {
  await rename(path, `${path}.damaged`).catch(() => {});
  say(`${path} can't be read, so Quillon can't be told of the run that it is of. It is kept as ${path}.damaged.`);
}

/** Whether the process still runs that has begun it. */
function isRunning({ pid }: Late): boolean {
  // This one sends what was kept before it begins anything. In a container each has the same number.
  if (pid === undefined || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** @returns whether nothing more can be done. */
async function sendOne(folder: string, client: Client, kept: Unsent): Promise<boolean> {
  const { orgName, projectName, stackName, updateID } = kept.params;
  const what = `an earlier run of ${orgName}/${projectName}/${stackName} (${updateID})`;
  try {
    await sendUnsent(client, kept);
    say(`Quillon has been told of ${what}.`);
  } catch (error) {
    if (!isRefusal(error)) return false;
    say(`Quillon can't be told any more of ${what}, so its receipt is incomplete: ${error.message}`);
  }
  await rm(pathOf(folder, updateID), { force: true });
  return true;
}

/** What no later try changes. */
const FINAL = ["invalid_input", "requirements_refused"];

/**
 * Makes runs known that are over, and sends what they have done. Each is kept as a known one before it is sent, so that it is made known
 * once, whatever ends this.
 *
 * @returns `unreachable` when it is tried again later, and nothing was said of that.
 */
export async function sendLate(
  folder: string,
  server: string,
  { client, late }: { client: Client; late: Late },
): Promise<"told" | "unreachable"> {
  const { facts, basis, place } = late;
  const what = `a run of ${place.project}/${place.stack} at ${new Date(basis.ran.from * 1000).toISOString()}`;
  try {
    const stack = await registerStack(client, late);
    for (const [at, { events, status, ...planned }] of late.runs.entries()) {
      const { updateID } = await createRun(client, stack, { ...planned, facts, basis });
      const unsent = { ...(await startRun(client, stack, updateID)), events, status };
      await keep(folder, server, unsent);
      await keepLate(folder, server, { ...late, runs: late.runs.slice(at + 1) });
      if (!(await sendOne(folder, client, unsent))) return "unreachable";
    }
    await removeLate(folder, late.id);
  } catch (error) {
    if (!isRefusal(error)) return "unreachable";
    const path = pathOf(folder, late.id);
    const isFinal = FINAL.includes(error.id);
    if (isFinal) await rename(path, `${path}.refused`).catch(() => {});
    const then = isFinal ? `It is kept as ${path}.refused.` : "It is kept, and sent with a later quillon run.";
    say(`Quillon does not take the report of ${what}: ${error.message} ${then}`);
  }
  return "told";
}
