import type { Ctx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { readCheckpoint } from "./queries.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** In bytes, of both states when they are not compressed. */
const MOST_COMPARED = 128 * 1024 * 1024;

/**
 * The URNs of the resources that an update made or changed, by the bytes of its state and of the one before it.
 *
 * @returns undefined when the states are too large to be compared.
 * @throws state_missing, state_damaged
 */
export async function readChanges(
  ctx: Pick<Ctx, "db" | "blobs" | "log" | "workers">,
  { stackId, version }: { stackId: string; version: number },
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
    return size > MOST_COMPARED ? undefined : ctx.workers.run(changesTask, { before, after }, size);
  });
}

export const changesTask: Task<{ before: PackedBytes | undefined; after: PackedBytes }, string[]> = {
  name: "changes",
  moves: { input: ({ before, after }) => memoryOf(before ? [before, after] : [after]) },
  run: async ({ before, after }) =>
    changedUrns(before ? await decompress(before) : Buffer.alloc(0), await decompress(after)),
};

/**
 * The URNs of resources of a program whose bytes differ between two states. Left out are providers, what is only read, views,
 * and old halves of replacements.
 *
 * @param before a state as text, or nothing.
 */
export function changedUrns(before: Buffer, after: Buffer): string[] {
  const known = new Map(resourcesOf(before).map(({ urn, bytes }) => [urn, bytes]));
  return resourcesOf(after)
    .filter(({ urn, bytes }) => !known.get(urn)?.equals(bytes))
    .map(({ urn }) => urn);
}

function resourcesOf(state: Buffer): { urn: string; bytes: Buffer }[] {
  const deployment = membersOf(state).get("deployment") ?? Buffer.alloc(0);
  return elementsOf(membersOf(deployment).get("resources") ?? Buffer.alloc(0)).flatMap((bytes) => {
    const members = membersOf(bytes);
    const value = (key: string): unknown => JSON.parse(members.get(key)?.toString("utf8") ?? "null");
    const [urn, type] = [value("urn"), value("type")];
    const isLeftOut =
      value("delete") === true ||
      value("external") === true ||
      Boolean(value("viewOf")) ||
      (typeof type === "string" && type.startsWith("pulumi:providers:"));
    return typeof urn === "string" && !isLeftOut ? [{ urn, bytes }] : [];
  });
}
