export { cancelUpdate, completeUpdate, endDeadUpdates } from "./end.ts";
export { readEvents, recordEvents } from "./events.ts";
export { holdIdleStack } from "./hold-stack.ts";
export { findLease, renewLease } from "./lease.ts";
export { type HistoryEntry, insertFinished, insertUpdate, readHolder, readUpdateTimes } from "./queries.ts";
export { readHistory, readLatest, readProgress } from "./read.ts";
export { startUpdate } from "./start.ts";
