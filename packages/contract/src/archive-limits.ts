/** What a server takes as the archive of a policy pack, unless it is told otherwise. */
export const ARCHIVE_LIMITS = {
  /** Packed and unpacked alike. */
  bytes: 256 * 1024 * 1024,
  /** Files and folders. */
  entries: 20_000,
};
