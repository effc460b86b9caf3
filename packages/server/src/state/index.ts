export { exportState, exportVersion } from "./export.ts";
export { countResources, insertCheckpoint, readCheckpoint, readResourceCounts } from "./queries.ts";
export { renameState } from "./rename.ts";
export { saveCheckpoint } from "./save.ts";
export { compress, compressState, decompress, type SentState, type StoredState } from "./stored.ts";
