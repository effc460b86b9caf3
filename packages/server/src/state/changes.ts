import type { Ctx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { readCheckpoint } from "./queries.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** In bytes, of both states when they are not compressed. */
const MOST_COMPARED = 128 * 1024 * 1024;

/** The resources that an update made, or also those that it changed. */
export type Changes = "made" | "made-or-changed";

/**
 * The URNs of the resources that an update made or changed, by the bytes of its state and of the one before it.
 *
 * @returns undefined when the states are too large to be compared.
 * @throws state_missing, state_damaged, and Error for a state that the CLI reads otherwise than this server
 */
export async function readChanges(
  ctx: Pick<Ctx, "db" | "blobs" | "log" | "workers">,
  { stackId, version, wanted }: { stackId: string; version: number; wanted: Changes },
): Promise<string[] | undefined> {
  const [newer, older] = [
    await readCheckpoint(ctx.db, stackId, version),
    await readCheckpoint(ctx.db, stackId, version - 1),
  ];
  if (!newer) return [];
  return inTurn(ctx, [newer, older], async () => {
    const after = await readPacked(ctx, newer);
    const before = older && (await readPacked(ctx, older));
    const size = unpackedSize(after) + (before ? unpackedSize(before) : 0);
    return size > MOST_COMPARED ? undefined : ctx.workers.run(changesTask, { before, after, wanted }, size);
  });
}

export const changesTask: Task<{ before: PackedBytes | undefined; after: PackedBytes; wanted: Changes }, string[]> = {
  name: "changes",
  moves: { input: ({ before, after }) => memoryOf(before ? [before, after] : [after]) },
  run: async ({ before, after, wanted }) =>
    changedUrns(before ? await decompress(before) : Buffer.alloc(0), await decompress(after), wanted),
};

/**
 * The URNs of resources whose bytes differ between two states. Left out are what is only read, views, and old halves of
 * replacements.
 *
 * @param before a state as text, or nothing.
 * @throws Error when the CLI reads the new state otherwise.
 */
export function changedUrns(before: Buffer, after: Buffer, wanted: Changes = "made-or-changed"): string[] {
  const known = new Map(resourcesOf(before, membersOf).map(({ urn, bytes }) => [urn, bytes]));
  const isSame = ({ urn, bytes }: Resource) =>
    wanted === "made" ? known.has(urn) : known.get(urn)?.equals(bytes) === true;
  return resourcesOf(after, strictMembersOf)
    .filter((resource) => !isSame(resource))
    .map(({ urn }) => urn);
}

interface Resource {
  urn: string;
  bytes: Buffer;
}

function resourcesOf(state: Buffer, read: typeof membersOf): Resource[] {
  const deployment = read(state).get("deployment") ?? Buffer.alloc(0);
  return elementsOf(read(deployment).get("resources") ?? Buffer.alloc(0)).flatMap((bytes) => {
    const members = read(bytes);
    const value = (key: string): unknown => JSON.parse(members.get(key)?.toString("utf8") ?? "null");
    const urn = value("urn");
    const isLeftOut = value("delete") === true || value("external") === true || Boolean(value("viewOf"));
    return typeof urn === "string" && !isLeftOut ? [{ urn, bytes }] : [];
  });
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
