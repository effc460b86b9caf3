import type { Ctx } from "../../context.ts";
import { grantDownload } from "../../packs/index.ts";

/** Where the archive of a reserved version is uploaded. The URL carries its own proof. */
export function uploadUrl(ctx: Pick<Ctx, "url">, reservation: string, signature: string): string {
  return `${ctx.url}/api/policypacks/uploads/${reservation}?signature=${signature}`;
}

/** Where a version's archive is downloaded. The URL carries its own proof. */
export function downloadUrl(ctx: Pick<Ctx, "url" | "keys">, version: string): string {
  const { versionId, expires, signature } = grantDownload(ctx.keys, version);
  return `${ctx.url}/api/policypacks/archives/${versionId}?expires=${expires}&signature=${signature}`;
}
