import type { Keys } from "../keys.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The signature in an upload URL. It is needed because the CLI sends no credentials with an archive. */
export function signUpload(keys: Keys, reservation: string): string {
  return keys.sign(uploadText(reservation));
}

export function isUploadSigned(keys: Keys, reservation: string, signature: string): boolean {
  return keys.verify(uploadText(reservation), signature);
}

/** The right to download a version's archive. */
export interface DownloadGrant {
  versionId: string;
  /** Unix seconds. */
  expires: number;
  signature: string;
}

/** Valid for at least 24 hours. All users get the same grant within an hour, so that caches may keep the archive. */
export function grantDownload(keys: Keys, versionId: string, now = new Date()): DownloadGrant {
  const expires = (Math.floor(now.getTime() / 1000 / HOUR) + 1) * HOUR + DAY;
  return { versionId, expires, signature: keys.sign(downloadText(versionId, expires)) };
}

export function isDownloadGranted(keys: Keys, { versionId, expires, signature }: DownloadGrant): boolean {
  return expires * 1000 > Date.now() && keys.verify(downloadText(versionId, expires), signature);
}

function uploadText(reservation: string): string {
  return `upload ${reservation}`;
}

function downloadText(versionId: string, expires: number): string {
  return `download ${versionId} ${expires}`;
}
