import { ApiError } from "@quillon/contract/client";
import { type CheckedPack, runPack } from "../check/pack.ts";
import { reportOf } from "../check/report.ts";
import { packsToRun, type Required, type Requirements, requiredOf, requiredOfNew } from "../check/stack.ts";
import { stateOf } from "../check/state.ts";
import { errorMessage } from "../error-message.ts";
import { packFolder } from "../required-packs/fetch.ts";
import type { ListedStack } from "./history.ts";
import { findKnown, type KnownStack, type Server } from "./known.ts";
import type { Pulumi } from "./pulumi.ts";
import type { Scan } from "./scan.ts";
import type { StackCheck } from "./scanned.ts";
import { storeCheck } from "./store.ts";

/** How long a pack may take for one stack. */
const SECONDS = 300;

export interface Checking {
  pulumi: Pulumi;
  server: Server;
  /** Makes the folder of a pack. */
  fetch(pack: Required): Promise<string>;
}

/** @returns what checks a stack. Each pack is fetched once. */
export function checker(cache: string) {
  const folders = new Map<string, Promise<string>>();
  const fetch = (pack: Required) => {
    const key = `${pack.name} ${pack.versionTag} ${pack.archiveSha256}`;
    const folder = folders.get(key) ?? packFolder(pack, { cache, program: "pulumi" });
    folders.set(key, folder);
    return folder;
  };
  return (listed: ListedStack, { pulumi, server, known }: Pick<Scan, "pulumi" | "server" | "known">) =>
    checkStack(listed, findKnown(known, listed), { pulumi, server, fetch });
}

/**
 * Holds the state of a stack against the packs that it must run, or would have to if Quillon knew it. Of one that Quillon knows the server
 * stores the results.
 *
 * @throws Error when the server can't be asked: then nothing can be said of any stack.
 */
export async function checkStack(
  { name, project, stack }: ListedStack,
  known: KnownStack | undefined,
  { pulumi, server, fetch }: Checking,
): Promise<StackCheck> {
  try {
    const bytes = await pulumi(["stack", "export", "--stack", name]);
    const there = { project: project ?? known?.project ?? projectIn(bytes), stack };
    // A state of the older layout without a resource says no project, and has nothing to check.
    if (there.project === undefined) return { packs: [], results: [] };
    const at = { project: there.project, stack };
    const { required, tags } = await asked(requirementsOf(server, at, known));
    const packs = await packsToRun(required, `${at.project}/${stack}`, fetch);
    const label = `The state of ${at.project}/${stack}`;
    // With the passphrase of another stack, policies that read secrets are not evaluated.
    const state = await stateOf(bytes, label).catch(() => ({ bytes, label, secrets: {} }));
    const checked: CheckedPack[] = [];
    for (const pack of packs)
      checked.push(await runPack(pack, state, { secrets: state.secrets, stackTags: tags }, SECONDS));
    const report = reportOf(checked, { stack: { project: at.project, name: stack } });
    const notStored = known && (await asked(storeCheck(server, known, report)));
    return {
      packs: checked.map(({ pack }) => `${pack.name} ${pack.version}`),
      counts: report.counts,
      results: report.results,
      ...(known && { stored: notStored === undefined }),
      ...(notStored !== undefined && { notStored }),
    };
  } catch (error) {
    if (error instanceof NotAsked) throw error.cause;
    return { packs: [], results: [], problem: errorMessage(error) };
  }
}

/** The server does not answer, as opposed to a stack that can't be checked. */
class NotAsked extends Error {}

async function asked<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause: unknown) => {
    // A name that Quillon does not take.
    if (cause instanceof ApiError && cause.status === 400) throw cause;
    throw new NotAsked("", { cause });
  });
}

function requirementsOf(
  { client, orgName }: Server,
  { project, stack }: { project: string; stack: string },
  known: KnownStack | undefined,
): Promise<Requirements> {
  if (!known) return requiredOfNew(client, { orgName, projectName: project, stackName: stack });
  return requiredOf(client, { orgName, projectName: known.here.project, stackName: known.here.stack });
}

/** The project in the URN of a state's first resource. */
export function projectIn(bytes: Uint8Array): string | undefined {
  return /"urn":\s*"urn:pulumi:[^":]*::([^":]+)::/.exec(Buffer.from(bytes).toString("utf8"))?.[1];
}
