export { BILL_ENTRY } from "./bill.ts";
export { countArchives } from "./blob-queries.ts";
export { discardBlobs } from "./blobs.ts";
export { listCarrierPage, readBillOf } from "./carriers.ts";
export { checkPackTask } from "./check-pack.ts";
export { checkUpload, type PublishedVersion, publishVersion } from "./complete.ts";
export { checkConfig, checkConfigTask, describeProblems, isTooLarge } from "./config.ts";
export { type Archive, findPublishedArchive, openArchive, openSources } from "./download.ts";
export { levelsInEffect } from "./levels.ts";
export { listPackPage, listVersionPage, type PackPage } from "./overview.ts";
export {
  describePolicies,
  findPolicy,
  listLevels,
  listPolicyNames,
  listSeverities,
  type PolicyName,
  readPolicies,
  readPoliciesOf,
} from "./policy-queries.ts";
export { listVersions, lockPack, markRemoved, type PublishedPack, readPublished } from "./queries.ts";
export { findVersion, findWrongConfig, listPacks, readConfigSchema, readVersions } from "./read.ts";
export { reserveVersion } from "./reserve.ts";
export { findPacks, findPolicies } from "./search-queries.ts";
export { grantDownload } from "./signatures.ts";
export { sweepPacks } from "./sweep.ts";
export { uploadArchive, uploadSources } from "./upload.ts";
export { versionName } from "./versions.ts";
