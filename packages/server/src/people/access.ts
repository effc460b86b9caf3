import type { Access, Role, StackPermission } from "@quillon/contract";

/** What decides whether a caller may call a route. */
export interface CallerRights {
  role: Role;
  /** On the stack in the path. */
  permission?: StackPermission;
  /** In the team in the path. */
  teamAdmin?: boolean;
}

type Scoped = Extract<Access, `org:${string}` | `team:${string}` | `stack:${string}`>;

const order: readonly StackPermission[] = ["none", "read", "write", "admin"];

/** Whether holding one permission on a stack is enough for what another allows. */
export function covers(held: StackPermission, wanted: StackPermission): boolean {
  return order.indexOf(held) >= order.indexOf(wanted);
}

/** The strongest of some permissions, none of none. */
export function strongest(permissions: readonly StackPermission[]): StackPermission {
  return permissions.reduce((best, one) => (covers(one, best) ? one : best), "none");
}

const holds = (wanted: StackPermission) => (caller: CallerRights) => covers(caller.permission ?? "none", wanted);

/** What each kind of access asks of the caller; the words of `need` go into the refusal. */
const rules: Record<Scoped, { met: (caller: CallerRights) => boolean; need: string }> = {
  "org:member": { met: () => true, need: "membership of the organization" },
  "org:policy": { met: ({ role }) => role !== "member", need: "the role policy-manager or admin" },
  "org:admin": { met: ({ role }) => role === "admin", need: "the role admin" },
  "team:admin": {
    met: ({ role, teamAdmin }) => role === "admin" || teamAdmin === true,
    need: "an admin of the team or of the organization",
  },
  "stack:read": { met: holds("read"), need: "read access to the stack" },
  "stack:write": { met: holds("write"), need: "write access to the stack" },
  "stack:admin": { met: holds("admin"), need: "admin access to the stack" },
};

/** What the caller lacks for `access`, in words, or undefined when nothing. */
export function lacking(access: Scoped, caller: CallerRights): string | undefined {
  const { met, need } = rules[access];
  return met(caller) ? undefined : need;
}
