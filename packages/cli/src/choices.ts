import type { Role, StackPermission } from "@quillon/contract";

// Only the types of the contract: its schemas would bring a schema library into the bundle.
export const roles = Object.keys({ admin: 1, "policy-manager": 1, member: 1 } satisfies Record<Role, 1>);
export const stackPermissions = Object.keys({
  none: 1,
  read: 1,
  write: 1,
  admin: 1,
} satisfies Record<StackPermission, 1>);
