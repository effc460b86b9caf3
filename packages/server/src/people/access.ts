import type { Access, Role, StackPermission } from "@quillon/contract";

/** What decides whether a caller may call a route. */
export interface CallerRights {
  role: Role;
  /** On the stack in the path. */
  permission?: StackPermission;
  /** In the team in the path. */
  teamAdmin?: boolean;
}

/** The kinds of access that depend on the organization in the path, or on something in it. */
export type ScopedAccess = Extract<Access, `org:${string}` | `team:${string}` | `stack:${string}`>;

const order: readonly StackPermission[] = ["none", "read", "write", "admin"];

/** Whether a permission on a stack includes another one. */
export function covers(held: StackPermission, wanted: StackPermission): boolean {
  return order.indexOf(held) >= order.indexOf(wanted);
}

/** The strongest of some permissions; `none` when the list is empty. */
export function strongest(permissions: readonly StackPermission[]): StackPermission {
  return permissions.reduce((best, one) => (covers(one, best) ? one : best), "none");
}

const holds = (wanted: StackPermission) => (caller: CallerRights) => covers(caller.permission ?? "none", wanted);

const rules: Record<ScopedAccess, (caller: CallerRights) => boolean> = {
  "org:member": () => true,
  "org:policy": ({ role }) => role !== "member",
  "org:admin": ({ role }) => role === "admin",
  "team:admin": ({ role, teamAdmin }) => role === "admin" || teamAdmin === true,
  "stack:read": holds("read"),
  "stack:write": holds("write"),
  "stack:admin": holds("admin"),
};

/** Whether a member of the organization has the access that a route asks for. */
export function hasAccess(access: ScopedAccess, caller: CallerRights): boolean {
  return rules[access](caller);
}
