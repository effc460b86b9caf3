import type { OrgCtx, StackRef } from "../context.ts";

/** The stack's name as people write it: `organization/project/stack`. */
export function qualifiedName({
  org,
  stack,
}: {
  org: OrgCtx["org"];
  stack: Pick<StackRef, "project" | "name">;
}): string {
  return `${org.name}/${stack.project}/${stack.name}`;
}
