export { changesTask, readChanges } from "./changes.ts";
export { exportState, exportVersion } from "./export.ts";
export { holdsResources, isRootTask } from "./holds-resources.ts";
export { insertCheckpoint, readCheckpoint, readResourceCounts } from "./queries.ts";
export { renameStored, renameTask, renameUrn } from "./rename.ts";
export { saveCheckpoint } from "./save.ts";
export { type StoredState, store } from "./store.ts";
export { compressState, type SentState } from "./stored.ts";
export { putBlob, sweepUpdateBlobs } from "./update-blobs.ts";
