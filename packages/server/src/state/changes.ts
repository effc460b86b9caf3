import { hash } from "node:crypto";
import type { Ctx } from "../context.ts";
import { childrenOf, membersOf } from "../json/span.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { readState } from "./read.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** In bytes, of one state when it is not compressed. The largest body that a server takes without a setting is as large. */
const MOST_COMPARED = 256 * 1024 * 1024;

/** Whoever stores two such states can make millions of resources of them. */
const LONGEST_MS = 60_000;

/** The resources that an update made, or also those that it changed. */
export type Changes = "made" | "made-or-changed";

/**
 * The URNs of the resources that an update made or changed, by the bytes of its state and of the one before it.
 *
 * @returns undefined when the states are too large to be compared.
 * @throws state_missing, state_damaged, and Error for a state that the CLI reads otherwise than this server, or that takes too long
 */
export async function readChanges(
  ctx: Pick<Ctx, "db" | "blobs" | "log" | "workers">,
  { stackId, version, wanted }: { stackId: string; version: number; wanted: Changes },
): Promise<string[] | undefined> {
  const [newer, older] = [
    await readState(ctx, { stackId, version }),
    await readState(ctx, { stackId, version: version - 1 }),
  ];
  if (!newer) return [];
  return inTurn(ctx, [newer, older], async () => {
    const after = await readPacked(ctx, newer);
    const before = older && (await readPacked(ctx, older));
    const sizes = [unpackedSize(after), before ? unpackedSize(before) : 0] as const;
    if (Math.max(...sizes) > MOST_COMPARED) return undefined;
    return ctx.workers.run(changesTask, { before, after, wanted }, sizes[0] + sizes[1], { ms: LONGEST_MS });
  });
}

export const changesTask: Task<{ before: PackedBytes | undefined; after: PackedBytes; wanted: Changes }, string[]> = {
  name: "changes",
  moves: { input: ({ before, after }) => memoryOf(before ? [before, after] : [after]) },
  // One after the other, so that only one is in memory.
  run: async ({ before, after, wanted }) => {
    const known = knownOf(before ? await decompress(before) : Buffer.alloc(0), wanted);
    return changesSince(known, await decompress(after));
  },
};

/** What a state has: whether a resource is in it, as far as that is wanted. */
export type Known = (resource: Buffer, urn: () => string | undefined) => boolean;

/** @param state as text, or nothing. */
export function knownOf(state: Buffer, wanted: Changes): Known {
  if (wanted === "made") {
    const urns = new Set([...resourcesOf(state, membersOf)].map((resource) => urnOf(membersOf(resource))));
    return (_, urn) => urns.has(urn());
  }
  const digests = new Set<string>();
  for (const resource of resourcesOf(state, membersOf)) digests.add(digestOf(resource));
  return (resource) => digests.has(digestOf(resource));
}

function digestOf(bytes: Buffer): string {
  return hash("sha256", bytes, "base64");
}

/**
 * The URNs of resources that are not known. Left out are what is only read, views, and old halves of replacements.
 *
 * @throws Error when the CLI reads the state otherwise.
 */
export function changesSince(known: Known, state: Buffer): string[] {
  const changed: string[] = [];
  for (const resource of resourcesOf(state, strictMembersOf)) {
    if (known(resource, () => urnOf(membersOf(resource)))) continue;
    const members = strictMembersOf(resource);
    const urn = urnOf(members);
    if (urn !== undefined && !isLeftOut(members)) changed.push(urn);
  }
  return changed;
}

function* resourcesOf(state: Buffer, read: typeof membersOf): Generator<Buffer> {
  const deployment = read(state).get("deployment") ?? Buffer.alloc(0);
  const resources = read(deployment).get("resources") ?? Buffer.alloc(0);
  for (const { start, end } of childrenOf(resources)) yield resources.subarray(start, end);
}

type Members = ReturnType<typeof membersOf>;

function memberOf(members: Members, key: string): unknown {
  return JSON.parse(members.get(key)?.toString("utf8") ?? "null");
}

function urnOf(members: Members): string | undefined {
  const urn = memberOf(members, "urn");
  return typeof urn === "string" ? urn : undefined;
}

function isLeftOut(members: Members): boolean {
  return (
    memberOf(members, "delete") === true ||
    memberOf(members, "external") === true ||
    Boolean(memberOf(members, "viewOf"))
  );
}

const READ = ["deployment", "resources", "urn", "delete", "external", "viewOf"];
const FOLDED = new Map(READ.map((name) => [fold(name), name]));

/**
 * The members of an object in which each name that is read here is written as it is read. The CLI does not tell upper case
 * from lower case: it would find resources in `Resources`, too. https://pkg.go.dev/encoding/json#Unmarshal
 */
function strictMembersOf(json: Buffer): Map<string, Buffer> {
  const members = membersOf(json);
  for (const key of members.keys()) {
    const name = FOLDED.get(fold(key));
    if (name !== undefined && name !== key)
      throw new Error(`A state has ${JSON.stringify(key)} where ${name} is read.`);
  }
  return members;
}

/** Some letters are equal in lower case only after they are made upper case, and others the other way round. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}
