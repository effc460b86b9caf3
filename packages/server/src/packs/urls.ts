import type { Keys } from "../keys.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The upload URL of one reservation. It carries its own proof, for the CLI sends no credentials with an archive. */
export function uploadUrl(ctx: { keys: Keys; url: string }, reservation: string): string {
  return `${ctx.url}/api/policypacks/uploads/${reservation}?signature=${ctx.keys.sign(`upload ${reservation}`)}`;
}

export function isUploadUrl(keys: Keys, reservation: string, signature: string): boolean {
  return keys.verify(`upload ${reservation}`, signature);
}

/** The download URL of one version: good for 24 hours at least, and the same within an hour, so that caches may keep it. */
export function downloadUrl(ctx: { keys: Keys; url: string }, versionId: string, now = new Date()): string {
  const expires = (Math.floor(now.getTime() / 1000 / HOUR) + 1) * HOUR + DAY;
  const signature = ctx.keys.sign(downloadText(versionId, expires));
  return `${ctx.url}/api/policypacks/archives/${versionId}?expires=${expires}&signature=${signature}`;
}

export function isDownloadUrl(keys: Keys, claim: { versionId: string; expires: number; signature: string }): boolean {
  const { versionId, expires, signature } = claim;
  return expires * 1000 > Date.now() && keys.verify(downloadText(versionId, expires), signature);
}

function downloadText(versionId: string, expires: number): string {
  return `download ${versionId} ${expires}`;
}
