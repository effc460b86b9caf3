import { type AnalyzerInfo, type Description, descriptionOf } from "@quillon/runner";

/**
 * What a pack is published with, from what it says of itself. The version in PulumiPolicy.yaml counts more than the pack's own:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/project.go#L902
 */
export function describedAs(
  info: AnalyzerInfo,
  { runtime, projectVersion }: { runtime: string; projectVersion: string | undefined },
): Description {
  return { ...descriptionOf(info), ...(projectVersion && { versionTag: projectVersion }), runtime };
}
