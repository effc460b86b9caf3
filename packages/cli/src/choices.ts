import type { Role, Severity, StackPermission } from "@quillon/contract";

// Only the types of the contract: its schemas would bring a schema library into the bundle.
export const roles = Object.keys({ admin: 1, "policy-manager": 1, member: 1 } satisfies Record<Role, 1>);
export const stackPermissions = Object.keys({
  none: 1,
  read: 1,
  write: 1,
  admin: 1,
} satisfies Record<StackPermission, 1>);
export const severities = Object.keys({ low: 1, medium: 1, high: 1, critical: 1 } satisfies Record<Severity, 1>);
export const priorities = ["p0", "p1", "p2", "p3", "p4"];
/** What people can set. That a finding is fixed is the server's alone to say. */
export const triageStatuses = ["open", "in_progress", "ignored", "by_design"];
/** Of those that are listed. `withdrawn` is no status of its own: it is why a finding ended. */
export const findingStatuses = [...triageStatuses, "fixed", "excepted"];
/** What a receipt says of a run. */
export const receiptStatuses = ["complete", "incomplete", "missing", "not-applicable"] as const;
export const scoreGroupings = ["stack", "project", "pack", "policy", "severity", "framework"];
