export { cancelUpdate, completeUpdate } from "./end.ts";
export { readEvents, recordEvents } from "./events.ts";
export { endExpiredUpdates } from "./expire.ts";
export type { HistoryEntry } from "./history-queries.ts";
export { findLease, renewLease } from "./lease.ts";
export { lockIdleStack } from "./lock-stack.ts";
export { insertFinished, insertUpdate, readHolder, readUpdateTimes } from "./queries.ts";
export { findUpdateId, readHistory, readLatest, readProgress } from "./read.ts";
export { startUpdate } from "./start.ts";
