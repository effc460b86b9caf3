import type { StackCtx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { countResources } from "./queries.ts";
import { ROOT_TYPE } from "./rename.ts";
import { decompress } from "./stored.ts";

/** Whether the newest state has a resource. The stack's own, which an update without any other leaves, is not one. */
export async function holdsResources({ db, stack }: StackCtx): Promise<boolean> {
  const newest = await countResources(db, stack.id);
  if (!newest || newest.count === 0) return false;
  return newest.only === null || !isRoot(await decompress(newest.only));
}

function isRoot(state: Buffer): boolean {
  const deployment = membersOf(state).get("deployment") ?? Buffer.alloc(0);
  const [resource] = elementsOf(membersOf(deployment).get("resources") ?? Buffer.alloc(0));
  const type = resource && membersOf(resource).get("type");
  return type !== undefined && JSON.parse(type.toString("utf8")) === ROOT_TYPE;
}
