import { type AnalyzerInfo, type Description, descriptionOf } from "@quillon/runner";
import { PackRefused } from "./problems.ts";

/**
 * What a pack is published with, from what it says of itself. The version in PulumiPolicy.yaml counts more than the pack's own:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/project.go#L902
 *
 * @throws PackRefused when two policies have one name.
 */
export function describedAs(
  info: AnalyzerInfo,
  { runtime, projectVersion }: { runtime: string; projectVersion: string | undefined },
): Description {
  const names = info.policies.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new PackRefused(
      `Two policies of the pack are named ${JSON.stringify(twice)}. Configuration could not tell them apart: rename one.`,
    );
  return { ...descriptionOf(info), ...(projectVersion && { versionTag: projectVersion }), runtime };
}
