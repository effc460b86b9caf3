import type { Access } from "@quillon/contract";
import type { Role } from "../db/schema.ts";

/** What each kind of access to an organization asks of a member's role; the answer of `need` goes into the refusal. */
const rules: Record<Extract<Access, `org:${string}` | `stack:${string}`>, { roles: readonly Role[]; need: string }> = {
  "org:member": { roles: ["member", "policy-manager", "admin"], need: "membership of the organization" },
  "org:policy": { roles: ["policy-manager", "admin"], need: "the role policy-manager or admin" },
  "org:admin": { roles: ["admin"], need: "the role admin" },
  "stack:read": { roles: ["member", "policy-manager", "admin"], need: "read access to the stack" },
  "stack:write": { roles: ["member", "policy-manager", "admin"], need: "write access to the stack" },
  "stack:admin": { roles: ["member", "policy-manager", "admin"], need: "admin access to the stack" },
};

/** What `role` lacks for `access`, in words, or undefined when it suffices. */
export function lacking(access: keyof typeof rules, role: Role): string | undefined {
  const { roles, need } = rules[access];
  return roles.includes(role) ? undefined : need;
}
