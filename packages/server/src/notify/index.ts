export { type Announcer, announce } from "./announce.ts";
export {
  type Delivery,
  deliver,
  forgetUnsent,
  pingWebhook,
  readDeliveries,
  redeliver,
  sweepDeliveries,
} from "./deliver.ts";
export { deliverJob } from "./job.ts";
export {
  packHealthKind,
  policyExceptionKind,
  policyGroupKind,
  policyPackKind,
  policyViolationKind,
  receiptKind,
  receiptStreakKind,
  stackKind,
  updateKind,
} from "./kinds/index.ts";
export type { OwnerCtx } from "./owner.ts";
export { createWebhook, editWebhook, readWebhook, readWebhooks, removeWebhook, type Webhook } from "./webhooks.ts";
