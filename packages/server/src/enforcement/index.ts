export { type GroupCoverage, readCoverage } from "./coverage.ts";
export { type ExplainedPack, explainStack } from "./explain.ts";
export { listGroupsOfStack } from "./groups-of-stack.ts";
export { continueReconciling, reconcilePacks, reconcileStack } from "./reconcile.ts";
export { type RequiredPack, requiredPolicies } from "./required-policies.ts";
export { findUnsettled, settlePolicies } from "./settle.ts";
export { type BroughtTags, isSettled } from "./tag-sets.ts";
export type { RecordedPack } from "./unsettled.ts";
