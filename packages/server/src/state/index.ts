export { exportState, exportVersion } from "./export.ts";
export { type PackedState, pack, packState, type SentState, unpack } from "./packed.ts";
export { countResources, insertCheckpoint, readCheckpoint } from "./queries.ts";
export { renameState } from "./rename.ts";
export { saveCheckpoint } from "./save.ts";
