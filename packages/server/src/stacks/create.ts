import { randomUUID } from "node:crypto";
import { fail } from "@quillon/contract";
import type { OrgCtx, StackRef } from "../context.ts";
import type { Tags } from "../db/schema.ts";
import { newDataKey } from "../secrets/index.ts";
import { insertStack } from "./queries.ts";
import { titleOf } from "./title.ts";

/**
 * Makes a stack that the caller administers, with a key of its own for its secrets.
 *
 * @throws stack_exists
 */
export async function createStack(
  { db, keys, org, actor }: OrgCtx,
  { project, name, tags }: { project: string; name: string; tags: Tags },
): Promise<StackRef> {
  const stack = { id: randomUUID(), project, name };
  const dataKey = newDataKey(keys, stack.id);
  const made = await insertStack(db, { ...stack, organizationId: org.id, tags, dataKey, createdBy: actor.userId });
  if (!made) throw fail("stack_exists", { stack: titleOf({ org, stack }) });
  return stack;
}
