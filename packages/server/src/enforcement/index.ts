export { changedRequirements } from "./changed-requirements.ts";
export { type GroupCoverage, listGoverned, readCoverage } from "./coverage.ts";
export { type ExplainedPack, explainStack } from "./explain.ts";
export { forgetReceipts } from "./forget-receipts.ts";
export { listGroupsOfStack } from "./groups-of-stack.ts";
export { type Made, makeReceipts } from "./make-receipts.ts";
export { readReceipt, readReceiptCounts, readReceipts } from "./read-receipts.ts";
export type { ReceiptStatus } from "./receipt.ts";
export { findReceiptStatuses, type ListedReceipt } from "./receipt-queries.ts";
export {
  awaitsReceipt,
  liftReceiptStop,
  readReceiptRule,
  readReceiptState,
  requireReceipt,
  setReceiptRule,
} from "./receipt-rule.ts";
export { continueReconciling, reconcilePacks, reconcileStack } from "./reconcile.ts";
export { type RequiredPack, requiredPolicies } from "./required-policies.ts";
export { requirementsOfNew } from "./requirements.ts";
export { findUnsettled, settlePolicies } from "./settle.ts";
export { type BroughtTags, isSettled } from "./tag-sets.ts";
