import type { OrgCtx, StackRef } from "../context.ts";

/** The stack's name as people write it, for messages. */
export function titleOf({ org, stack }: { org: OrgCtx["org"]; stack: Pick<StackRef, "project" | "name"> }): string {
  return `${org.name}/${stack.project}/${stack.name}`;
}
