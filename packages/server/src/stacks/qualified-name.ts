import type { OrgCtx, StackRef } from "../context.ts";

interface NamedStack {
  org: Pick<OrgCtx["org"], "name">;
  stack: Pick<StackRef, "project" | "name">;
}

/** The stack's name as people write it: `organization/project/stack`. */
export function qualifiedName({ org, stack }: NamedStack): string {
  return `${org.name}/${nameInOrg(stack)}`;
}

/** The stack's name inside its organization, as the organization's audit log writes it: `project/stack`. */
export function nameInOrg({ project, name }: NamedStack["stack"]): string {
  return `${project}/${name}`;
}
