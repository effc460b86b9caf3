export type { Activity } from "./activity-queries.ts";
export type { Basis } from "./basis.ts";
export { listClientVersions } from "./client-queries.ts";
export {
  deleteEngineEvents,
  findCompactable,
  findRemoved,
  findToEmpty,
  forgetRemoved,
  setCompacted,
  setEmptied,
} from "./compaction-queries.ts";
export { attachUpdates, deleteDetached, detachUpdates } from "./deleted-queries.ts";
export { cancelUpdate, completeUpdate } from "./end.ts";
export { countEngineEvents, readFirstAndLastEvents } from "./event-queries.ts";
export { type EngineEvent, type EventPage, readEvents, readEventsWith, recordEvents } from "./events.ts";
export { endExpiredUpdate, endExpiredUpdates } from "./expire.ts";
export type { HistoryEntry } from "./history-queries.ts";
export { readLastImport } from "./history-queries.ts";
export { findLease, renewLease } from "./lease.ts";
export { lockIdleStack } from "./lock-stack.ts";
export { readStackMarks, type StackMark } from "./mark-queries.ts";
export { maskEvents, maskTask, mayHaveTexts } from "./mask.ts";
export type { Preview } from "./preview-queries.ts";
export {
  countRunning,
  deleteNotStarted,
  insertFinished,
  insertUpdate,
  readEnds,
  readHolder,
  readRunning,
} from "./queries.ts";
export {
  type Deployment,
  findUpdateId,
  readActivity,
  readActivityPage,
  readDeployment,
  readHistory,
  readPreviews,
  readProgress,
  readRun,
} from "./read.ts";
export { type RecordedPack, readRecorded } from "./recorded.ts";
export { endUnentitled } from "./rights.ts";
export type { Run } from "./run-queries.ts";
export { readSettled, readTagSetsBefore } from "./settled-queries.ts";
export { startUpdate } from "./start.ts";
export { isTargeted } from "./targeted.ts";
export { findWithoutReceipt, listUnreceipted, setReceipted, type Unreceipted } from "./unreceipted-queries.ts";
export { listUnsettled, readSettling, setSettled, setSettling, type Unsettled } from "./unsettled-queries.ts";
