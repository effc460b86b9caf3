import { newError, type Role, type StackPermission } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { strongest } from "../people/index.ts";

/** What decides on a caller's permission on a stack. */
export interface PermissionFacts {
  /** In the stack's organization. */
  role: Role;
  /** What the organization's members may do with any of its stacks. */
  defaultPermission: StackPermission;
  /** The caller is a team's token: it acts as the team, which is not a member of the organization. */
  teamToken: boolean;
  /** The caller is a token that is limited to projects, and the stack's is none of them. */
  outside: boolean;
  /** The caller made the stack. */
  creator: boolean;
  /** The permissions of the caller's teams on the stack. */
  grants: readonly StackPermission[];
}

/**
 * What a caller may do with a stack. Admins of the organization and the stack's creator administer it. Others have the
 * strongest of the organization's default and their teams' permissions. A team's token has its team's permission. A token that is
 * limited to projects has none outside of them.
 */
export function permissionOn(facts: PermissionFacts): StackPermission {
  const { role, defaultPermission, teamToken, outside, creator, grants } = facts;
  if (outside) return "none";
  if (role === "admin" || creator) return "admin";
  return strongest(teamToken ? grants : [defaultPermission, ...grants]);
}

type Caller = Pick<OrgCtx, "org" | "actor">;

/** What the caller may do with a stack of theirs or of others. */
export function permissionOf(
  { org: { role, defaultPermission }, actor }: Caller,
  { project, creator, grants }: { project: string; creator: boolean; grants: readonly StackPermission[] },
): StackPermission {
  const teamToken = actor.scope?.team !== undefined;
  return permissionOn({ role, defaultPermission, teamToken, outside: isOutside(actor, project), creator, grants });
}

function isOutside({ scope }: OrgCtx["actor"], project: string): boolean {
  return scope?.projects !== undefined && !scope.projects.includes(project);
}

/** Makes sure that the caller may give a stack this project. @throws forbidden when their token is limited to others. */
export function requireWithin({ actor }: Pick<OrgCtx, "actor">, project: string): void {
  if (!isOutside(actor, project)) return;
  throw newError("forbidden", { problem: "projects", project, projects: actor.scope?.projects?.join(", ") ?? "" });
}

/** Whether the caller may read every stack of the organization. */
export function readsAll({ org: { role, defaultPermission }, actor: { scope } }: Caller): boolean {
  if (scope?.projects) return false;
  return role === "admin" || (!scope?.team && defaultPermission !== "none");
}
