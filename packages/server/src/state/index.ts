export { exportState, exportVersion } from "./export.ts";
export { holdsResources } from "./holds-resources.ts";
export { insertCheckpoint, readCheckpoint, readResourceCounts } from "./queries.ts";
export { renameState } from "./rename.ts";
export { saveCheckpoint } from "./save.ts";
export { compress, compressState, decompress, type SentState, type StoredState } from "./stored.ts";
