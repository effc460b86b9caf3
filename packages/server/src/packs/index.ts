export { completeVersion } from "./complete.ts";
export { downloadArchive } from "./download.ts";
export { publishPack } from "./publish.ts";
export { buryVersions, listVersions, lockPack } from "./queries.ts";
export { findVersion, listPacks, readConfigSchema } from "./read.ts";
export { uploadArchive } from "./upload.ts";
export { downloadUrl } from "./urls.ts";
export { nameOf } from "./versions.ts";
