import type { Ctx } from "../../context.ts";
import type { RequiredPack } from "../../enforcement/index.ts";
import { verbatim } from "../../json/write.ts";
import { downloadUrl } from "./archive-urls.ts";

/** A pack that a stack must run, as the CLI downloads and configures it. */
export function requiredPolicyOf(ctx: Ctx, pack: RequiredPack) {
  const { name, version, tag, displayName, versionId, config, environments } = pack;
  return {
    name,
    version,
    versionTag: tag ?? "",
    displayName,
    packLocation: downloadUrl(ctx, versionId),
    ...(config !== null && { config: verbatim(config) }),
    ...(environments.length > 0 && { environments }),
  };
}
