import type { Ctx } from "../../context.ts";
import type { RequiredPack } from "../../enforcement/index.ts";
import { verbatim } from "../../json/write.ts";
import { downloadUrl } from "./archive-urls.ts";

/**
 * A pack that a stack must run, in the form in which the CLI downloads and configures it:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/apitype/policy.go#L75
 */
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
