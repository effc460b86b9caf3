import type { Role, StackPermission } from "@quillon/contract";
import { strongest } from "../people/index.ts";

/** What decides on a caller's permission on a stack. */
export interface PermissionFacts {
  /** In the stack's organization. */
  role: Role;
  /** What the organization's members may do with any of its stacks. */
  defaultPermission: StackPermission;
  /** The caller is a team's token: it acts as the team, which is not a member of the organization. */
  teamToken: boolean;
  /** The caller made the stack. */
  creator: boolean;
  /** The permissions of the caller's teams on the stack. */
  grants: readonly StackPermission[];
}

/**
 * What a caller may do with a stack. Admins of the organization and the stack's creator administer it. Others have the
 * strongest of the organization's default and their teams' permissions. A team's token has its team's permission.
 */
export function permissionOn(facts: PermissionFacts): StackPermission {
  const { role, defaultPermission, teamToken, creator, grants } = facts;
  if (role === "admin" || creator) return "admin";
  return strongest(teamToken ? grants : [defaultPermission, ...grants]);
}
