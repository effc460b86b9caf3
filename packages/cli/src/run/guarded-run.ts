import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { JsonText } from "@quillon/contract/client";
import { serveEvents } from "@quillon/proto/events";
import { errorMessage } from "../error-message.ts";
import { makeCacheFolder } from "../folders.ts";
import { say } from "../output.ts";
import { packFolder, type Wanted } from "../required-packs/fetch.ts";
import { helperOf } from "../required-packs/helper.ts";
import { runInTerminal } from "./child.ts";
import { type Guarded, guardedLine } from "./command-line.ts";
import type { RequiredPack } from "./event.ts";
import { hurryOnSignals } from "./hurry.ts";
import type { Report } from "./live-report.ts";
import type { OwnEventLog } from "./own-event-log.ts";
import { PATIENCE_MS } from "./patience.ts";
import { Streams } from "./streams.ts";

interface WantedPack extends Wanted {
  config?: Record<string, unknown> | undefined;
  environments?: readonly string[] | undefined;
}

/** A command that is ready to be run with what is required. */
interface Prepared {
  packs: RequiredPack[];
  lineWith(eventLog: string): string[];
}

/**
 * Has the packs ready that a command must run.
 *
 * @throws Error when one can't be had. Then the command must not be run.
 */
export async function prepare(
  required: readonly WantedPack[],
  { line, read, cache }: { line: readonly string[]; read: Guarded; cache: string },
): Promise<Prepared> {
  refuseEnvironments(required);
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
  // Without required packs it is not needed, and a machine whose cache can't be written must be able to break the glass.
  const empty = required.length === 0 ? "" : await configFile("", cache);
  return {
    packs: required.map(({ name, versionTag }, at) => ({
      name,
      versionTag,
      folder: basename(ready[at]?.directory ?? ""),
    })),
    lineWith: (eventLog) => guardedLine(line, read, { packs: ready, empty, eventLog }),
  };
}

/** @throws Error */
export function refuseEnvironments(required: readonly Pick<WantedPack, "name" | "environments">[]): void {
  const pack = required.find(({ environments = [] }) => environments.length > 0);
  if (pack)
    throw new Error(
      `Policy pack ${pack.name} is configured with Pulumi ESC environments, which are not known in another backend.`,
    );
}

export function namesOf(packs: readonly { name: string; versionTag: string }[]): string {
  return packs.map(({ name, versionTag }) => `${name} ${versionTag}`).join(", ") || "no policy pack";
}

/** A file for `--policy-pack-config`, named for what is in it. */
async function configFile(text: string, cache: string): Promise<string> {
  const folder = join(cache, "configs");
  const path = join(folder, `${createHash("sha256").update(text).digest("hex")}.json`);
  // A file that is cut off, as a power failure leaves one, would let a pack run with its defaults, and nobody would be told.
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return path;
  await makeCacheFolder(folder);
  // Another run may read it as soon as it is there.
  const made = `${path}.${randomUUID()}.tmp`;
  await writeFile(made, text, { mode: 0o600 });
  await rename(made, path);
  return path;
}

/**
 * Set for the command, so that what runs in it knows the command that is guarded already: the guarded `pulumi` of `quillon shim`, which
 * `quillon run -- pulumi` finds on the PATH, or a program that calls it with its own arguments.
 */
export const GUARD = "QUILLON_RUN_EVENT_LOG";

/** How long the end of a stream is waited for that the command has left open. */
const STREAM_MS = 2_000;

/**
 * Runs the command, and reports what it does.
 *
 * @param given its environment.
 * @param own the event log of the command itself.
 * @returns the exit code of the command.
 * @throws Error when it was not run.
 */
export async function conduct(
  { packs, lineWith }: Prepared,
  report: Report,
  { env: given, own }: { env: NodeJS.ProcessEnv; own: OwnEventLog | undefined },
): Promise<number> {
  const abandon = async (error: unknown) => {
    // Why it is not run counts more.
    await report.abandon().catch(() => {});
    throw new Error(`${errorMessage(error)}\nThe command was not run.`);
  };
  const streams = new Streams(await report.begin().catch(abandon), packs);
  const open = () => streams.open();
  const events = await serveEvents(own ? () => own.beside(open()) : open).catch(abandon);
  const eventLog = `tcp://127.0.0.1:${events.port}`;
  const env = { ...given, PULUMI_DEBUG_COMMANDS: "true", [GUARD]: eventLog };
  const hurry = hurryOnSignals();
  try {
    const code = await runInTerminal(lineWith(eventLog), env).catch((error: unknown) => {
      events.close();
      return abandon(error);
    });
    hurry.begin();
    await Promise.race([streams.idle(), new Promise((resolve) => setTimeout(resolve, STREAM_MS).unref())]);
    events.close();
    await streams.idle();
    await own?.done(PATIENCE_MS, hurry.signal);
    await report.end(streams.ends(code), hurry.signal);
    if (!streams.came && code === 0)
      say(
        "The Pulumi CLI reported nothing, so Quillon does not know what the policies found, and the receipt is incomplete. Older CLIs than 3.220 may not be able to.",
      );
    return code;
  } finally {
    hurry.stop();
  }
}
