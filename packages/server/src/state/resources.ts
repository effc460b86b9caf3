import type { StackCtx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { requireHeld } from "../stacks/index.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { readState } from "./read.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** What a state has of a resource besides its inputs and outputs, which may be secret. */
export interface ListedResource {
  urn: string;
  type: string;
  /** Empty for one without a parent. */
  parent: string;
  pendingDelete: boolean;
}

export interface ResourcePage {
  resources: ListedResource[];
  /** How many there are. */
  total: number;
}

const PAGE = 5000;

/**
 * Some resources of the stack's newest state, in its order: a parent comes before its children.
 *
 * @param start how many are left out.
 * @throws stack_elsewhere, state_missing, state_damaged
 */
export async function readResources(ctx: StackCtx, start: number): Promise<ResourcePage> {
  await requireHeld(ctx);
  const state = await readState(ctx, { stackId: ctx.stack.id });
  if (!state) return { resources: [], total: 0 };
  return inTurn(ctx, [state], async () => {
    const gzip = await readPacked(ctx, state);
    return ctx.workers.run(resourcesTask, { gzip, start }, unpackedSize(gzip));
  });
}

export const resourcesTask: Task<{ gzip: PackedBytes; start: number }, ResourcePage> = {
  name: "resources",
  moves: { input: ({ gzip }) => memoryOf([gzip]) },
  run: async ({ gzip, start }) => resourcesIn(await decompress(gzip), start),
};

export function resourcesIn(state: Buffer, start: number): ResourcePage {
  const deployment = membersOf(state).get("deployment") ?? Buffer.alloc(0);
  const all = elementsOf(membersOf(deployment).get("resources") ?? Buffer.alloc(0));
  return { resources: all.slice(start, start + PAGE).map(listed), total: all.length };
}

function listed(bytes: Buffer): ListedResource {
  const members = membersOf(bytes);
  const text = (key: string) => {
    const value: unknown = JSON.parse(members.get(key)?.toString("utf8") ?? "null");
    return typeof value === "string" ? value : "";
  };
  return {
    urn: text("urn"),
    type: text("type"),
    parent: text("parent"),
    pendingDelete: members.get("delete")?.toString("utf8") === "true",
  };
}
