import type { Role, StackPermission } from "@quillon/contract";
import { strongest } from "../people/index.ts";

/** All that bears on what a caller may do with a stack. */
export interface Claims {
  /** In the stack's organization. */
  role: Role;
  /** What the organization lets every member do with any stack. */
  defaultPermission: StackPermission;
  /** The caller is a team's token: the team itself, not one of the organization's members. */
  teamToken: boolean;
  /** The caller made the stack. */
  creator: boolean;
  /** What the caller's teams were given. */
  grants: readonly StackPermission[];
}

/**
 * What a caller may do with a stack: admins of the organization and the stack's creator everything, others the most
 * that the organization's default for members or one of their teams allows. A team's token has what the team was given.
 */
export function permissionOn({ role, defaultPermission, teamToken, creator, grants }: Claims): StackPermission {
  if (role === "admin" || creator) return "admin";
  return strongest(teamToken ? grants : [defaultPermission, ...grants]);
}
