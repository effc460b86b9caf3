export type { Kind, Message } from "./kind.ts";
export { packHealthKind } from "./pack-health.ts";
export { pingKind } from "./ping.ts";
export { policyGroupKind } from "./policy-group.ts";
export { policyPackKind } from "./policy-pack.ts";
export { policyViolationKind } from "./policy-violation.ts";
export { receiptKind, receiptStreakKind } from "./receipt.ts";
export { stackKind } from "./stack.ts";
export { type UpdateEvent, updateKind } from "./update.ts";
