import { createHash } from "node:crypto";
import type { Ctx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import type { StoredState } from "./store.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** What became of the resources of a state in another one. */
export interface Gone {
  /** URNs that the other one does not have. */
  gone: string[];
  /** The same resource with another URN. */
  moved: { was: string; urn: string }[];
}

/** @throws state_missing, state_damaged */
export async function readGone(
  ctx: Pick<Ctx, "blobs" | "log" | "workers">,
  states: { before: StoredState; after: StoredState },
): Promise<Gone> {
  return inTurn(ctx, [states.before, states.after], async () => {
    const [before, after] = [await readPacked(ctx, states.before), await readPacked(ctx, states.after)];
    return ctx.workers.run(goneTask, { before, after }, unpackedSize(before) + unpackedSize(after));
  });
}

export const goneTask: Task<{ before: PackedBytes; after: PackedBytes }, Gone> = {
  name: "gone",
  moves: { input: ({ before, after }) => memoryOf([before, after]) },
  run: async ({ before, after }) => goneOf(await decompress(before), await decompress(after)),
};

/**
 * A resource that is gone has moved when the other state has exactly one new resource that is the same one in the cloud: of its
 * type, with its id. A component has no id, so its inputs and outputs are compared. When several could be the one, none is.
 */
export function goneOf(before: Buffer, after: Buffer): Gone {
  const [old, now] = [urnsOf(before), urnsOf(after)];
  const lost = [...old].filter(([urn]) => !now.has(urn));
  const found = [...now].filter(([urn]) => !old.has(urn));
  const [lostOnes, foundOnes] = [onlyOnes(lost), onlyOnes(found)];
  const moved = lost.flatMap(([was, same]) => {
    const urn = same !== "" && lostOnes.get(same) === was ? foundOnes.get(same) : undefined;
    return urn === undefined ? [] : [{ was, urn }];
  });
  const hasMoved = new Set(moved.map(({ was }) => was));
  return { gone: lost.map(([urn]) => urn).filter((urn) => !hasMoved.has(urn)), moved };
}

/** The URNs by what tells that they are one resource. Undefined for those that share it. */
function onlyOnes(resources: readonly (readonly [urn: string, same: string])[]): Map<string, string | undefined> {
  const ones = new Map<string, string | undefined>();
  for (const [urn, same] of resources) ones.set(same, ones.has(same) ? undefined : urn);
  return ones;
}

/** The URNs of a state, each with a text that only the same resource has. It is empty for the old half of a replacement. */
function urnsOf(state: Buffer): Map<string, string> {
  const urns = new Map<string, string>();
  const deployment = membersOf(state).get("deployment") ?? Buffer.alloc(0);
  for (const bytes of elementsOf(membersOf(deployment).get("resources") ?? Buffer.alloc(0))) {
    const members = membersOf(bytes);
    const value = (key: string): unknown => JSON.parse(members.get(key)?.toString("utf8") ?? "null");
    const urn = value("urn");
    if (typeof urn !== "string") continue;
    if (value("delete") === true) urns.set(urn, urns.get(urn) ?? "");
    else urns.set(urn, sameOf(String(value("type")), value("id"), members));
  }
  return urns;
}

function sameOf(type: string, id: unknown, members: Map<string, Buffer>): string {
  if (typeof id === "string" && id) return JSON.stringify([type, id]);
  const hash = createHash("sha256");
  for (const key of ["inputs", "outputs"]) hash.update(members.get(key) ?? "").update("\n");
  return JSON.stringify([type, "", hash.digest("hex")]);
}
