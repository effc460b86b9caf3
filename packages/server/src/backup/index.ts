export { serveCopies } from "./copy.ts";
export type { Dumped } from "./dump.ts";
export { makeBackup } from "./make.ts";
export { backUpRegularly } from "./regularly.ts";
export { type Restored, restoreBackup } from "./restore.ts";
