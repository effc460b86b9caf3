import type { Ctx } from "../../context.ts";
import { grantDownload } from "../../packs/index.ts";

/**
 * The signed URL to upload the archive of a reserved version. It is signed because the CLI sends no token with the upload:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L1009
 */
export function uploadUrl(ctx: Pick<Ctx, "url">, reservation: string, signature: string): string {
  return `${ctx.url}/api/policypacks/uploads/${reservation}?signature=${signature}`;
}

/**
 * The signed URL to download the archive of a version. It is signed because the CLI sends no token with the download:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L1191
 */
export function downloadUrl(ctx: Pick<Ctx, "url" | "keys">, version: string): string {
  const { versionId, expires, signature } = grantDownload(ctx.keys, version);
  return `${ctx.url}/api/policypacks/archives/${versionId}?expires=${expires}&signature=${signature}`;
}
