import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Client, JsonText } from "@quillon/contract/client";
import { serveEvents } from "@quillon/proto/events";
import { errorMessage } from "../error-message.ts";
import { say } from "../output.ts";
import { publishMetadata } from "../publish-metadata.ts";
import { packFolder } from "../required-packs/fetch.ts";
import { helperOf } from "../required-packs/helper.ts";
import { runInTerminal } from "./child.ts";
import { type Guarded, guardedLine } from "./command-line.ts";
import type { RequiredPack } from "./event.ts";
import type { Project } from "./place.ts";
import { type Known, ReportedRun, type Unsent } from "./reported-run.ts";
import { keep } from "./spool.ts";
import { Streams } from "./streams.ts";

const STACK = "/api/stacks/{orgName}/{projectName}/{stackName}";

/** A stack as the server knows it. */
export interface KnownStack {
  orgName: string;
  projectName: string;
  stackName: string;
  /** Where its state is. */
  backend: string;
}

export interface Preparation {
  line: readonly string[];
  read: Guarded;
  project: Project;
  stack: KnownStack;
  client: Client;
  cache: string;
}

/** A command that is ready to be run with what is required. */
interface Prepared {
  /** Of the runs that the server has made, and whether each is a preview. */
  updates: { id: string; isPreview: boolean }[];
  packs: RequiredPack[];
  lineWith(eventLog: string): string[];
}

/**
 * Asks what the command must run, and has it ready.
 *
 * @throws Error when that is not known, or can't be had. Then the command must not be run.
 */
export async function prepare({ line, read, project, stack, client, cache }: Preparation): Promise<Prepared> {
  const { command, message, flags, skipPreview } = read;
  const facts = await publishMetadata(project.root);
  const environment = { ...facts, ...Object.fromEntries(flags.map((flag) => [`pulumi.flag.${flag}`, "true"])) };
  const body = {
    name: project.name,
    runtime: project.runtime,
    ...(project.description && { description: project.description }),
    backend: stack.backend,
    metadata: { ...(message && { message }), environment },
  };
  const { backend: _, ...params } = stack;
  const create = (kind: "update" | "preview", dryRun: boolean) =>
    client.call(`POST ${STACK}/${kind}`, { params, body: { ...body, options: { dryRun } } });
  const previewed = command === "up" && !skipPreview ? [await create("update", true)] : [];
  const main = command === "up" ? await create("update", false) : await create("preview", true);
  const required = main.requiredPolicies;
  for (const message of main.messages ?? []) say(`Warning: ${message.message}`);
  const withEnvironments = required.find(({ environments = [] }) => environments.length > 0);
  if (withEnvironments)
    throw new Error(
      `Policy pack ${withEnvironments.name} is configured with Pulumi ESC environments, which are not known in another backend.`,
    );
  say(`Quillon: stack ${stack.orgName}/${stack.projectName}/${stack.stackName} must run ${namesOf(required)}.`);
  const program = helperOf(line[0] ?? "");
  const ready: { directory: string; config?: string }[] = [];
  for (const pack of required) {
    const directory = await packFolder(pack, { cache, program });
    const { config } = pack;
    ready.push({
      directory,
      ...(config !== undefined && { config: await configFile(JsonText.stringify(config), cache) }),
    });
  }
  const empty = await configFile("", cache);
  return {
    updates: [
      ...previewed.map(({ updateID: id }) => ({ id, isPreview: true })),
      { id: main.updateID, isPreview: command !== "up" },
    ],
    packs: required.map(({ name, versionTag }, at) => ({
      name,
      versionTag,
      folder: basename(ready[at]?.directory ?? ""),
    })),
    lineWith: (eventLog) => guardedLine(line, read, { packs: ready, empty, eventLog }),
  };
}

function namesOf(packs: readonly { name: string; versionTag: string }[]): string {
  return packs.map(({ name, versionTag }) => `${name} ${versionTag}`).join(", ") || "no policy pack";
}

/** A file for `--policy-pack-config`, named for what is in it. */
async function configFile(text: string, cache: string): Promise<string> {
  const folder = join(cache, "configs");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${createHash("sha256").update(text).digest("hex")}.json`);
  if (existsSync(path)) return path;
  // Another run may read it as soon as it is there.
  const made = `${path}.${randomUUID()}.tmp`;
  await writeFile(made, text, { mode: 0o600 });
  await rename(made, path);
  return path;
}

/** How long the server is waited for when the command has ended, and how long for the end of a stream that the command has left open. */
const PATIENCE_MS = 10_000;
const STREAM_MS = 2_000;

/**
 * Runs the command, and tells the server of it as it goes on.
 *
 * @param unsent a folder for what the server can't be told now.
 * @returns the exit code of the command.
 * @throws Error when it was not run.
 */
export async function conduct(
  { updates, packs, lineWith }: Prepared,
  { stack, client, server, unsent }: { stack: KnownStack; client: Client; server: string; unsent: string },
): Promise<number> {
  const runs: { run: ReportedRun; isPreview: boolean }[] = [];
  const { backend: _, ...params } = stack;
  const endAll = (ends: readonly ("succeeded" | "failed" | "cancelled")[]) =>
    Promise.all(runs.map(({ run }, at) => run.end(ends[at] ?? "failed", PATIENCE_MS)));
  const abandon = async (error: unknown) => {
    await endAll(runs.map(() => "cancelled"));
    throw new Error(`${errorMessage(error)}\nThe command was not run.`);
  };
  // The one that holds the stack is last: when it can't be started, the preview has not begun either.
  for (const { id, isPreview } of updates) {
    const at = { ...params, updateID: id };
    const started = await client.call(`POST ${STACK}/update/{updateID}`, { params: at, body: {} }).catch(abandon);
    const known: Known = { params: at, token: (started as { token: string }).token };
    runs.push({ run: new ReportedRun(client, known), isPreview });
  }
  const expected = runs.map(({ run, isPreview }) => ({
    isPreview,
    add: (event: Parameters<ReportedRun["add"]>[0]) => run.add(event),
  }));
  const streams = new Streams(expected, packs);
  const events = await serveEvents(() => streams.open()).catch(abandon);
  const env = { ...process.env, PULUMI_DEBUG_COMMANDS: "true" };
  const code = await runInTerminal(lineWith(`tcp://127.0.0.1:${events.port}`), env).catch(abandon);
  await Promise.race([streams.idle(), new Promise((resolve) => setTimeout(resolve, STREAM_MS).unref())]);
  events.close();
  await streams.idle();
  const left = (await endAll(streams.ends(code))).flatMap((one) => one ?? []);
  await keepAll(left, { unsent, server });
  if (!streams.came && code === 0)
    say(
      "The Pulumi CLI reported nothing, so Quillon does not know what the policies found, and the receipt is incomplete. Older CLIs than 3.220 may not be able to.",
    );
  for (const { run } of runs) if (run.refusal) say(`Quillon did not take all of the report: ${run.refusal}`);
  return code;
}

/** The command has been run, so its exit code is what counts from here on. */
async function keepAll(left: readonly Unsent[], { unsent, server }: { unsent: string; server: string }): Promise<void> {
  if (left.length === 0) return;
  try {
    for (const one of left) await keep(unsent, server, one);
    say("Quillon can't be reached, so what the policies found is kept, and sent with the next quillon run.");
  } catch (error) {
    say(`Quillon can't be reached, and what the policies found can't be kept: ${errorMessage(error)}`);
  }
}
