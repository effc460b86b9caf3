export { discardBlobs } from "./blobs.ts";
export { checkUpload, type PublishedVersion, publishVersion } from "./complete.ts";
export { checkConfig, checkConfigTask, describeProblems, isTooLarge } from "./config.ts";
export { describePolicies } from "./describe-queries.ts";
export { type Archive, openArchive } from "./download.ts";
export { levelsInEffect } from "./levels.ts";
export {
  findPolicy,
  listLevels,
  listVersions,
  lockPack,
  markRemoved,
  type PublishedPack,
  readPolicies,
  readPoliciesOf,
  readPublished,
} from "./queries.ts";
export { findVersion, listPacks, readConfigSchema } from "./read.ts";
export { reserveVersion } from "./reserve.ts";
export { grantDownload } from "./signatures.ts";
export { sweepPacks } from "./sweep.ts";
export { uploadArchive } from "./upload.ts";
export { versionName } from "./versions.ts";
