import { DEFAULT_POLICY_GROUP } from "@quillon/contract";
import { type PackVersionHealth, readPackHealth } from "../../actions/read-pack-health.ts";
import type { FailureOf } from "../../findings/index.ts";
import { healthOf } from "../pack-health.ts";
import type { Handlers } from "../route.ts";

export const packHealthHandlers = {
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/health": async (ctx, { params }) => {
    const versions = await readPackHealth(ctx, params.policyPackName);
    const pack = `${ctx.org.name}/${params.policyPackName}`;
    return { versions: versions.map((version) => versionOf(pack, version)) };
  },
} satisfies Partial<Handlers>;

function versionOf(pack: string, found: PackVersionHealth) {
  const { version, tag, groups, health } = found;
  const revert = revertOf(pack, found);
  return {
    version,
    versionTag: tag,
    policyGroups: groups,
    ...healthOf(health),
    failures: (health?.failures ?? []).map(failureOf),
    ...(revert && { revert }),
  };
}

function failureOf({ update, failedAt, version: _, ...failure }: FailureOf) {
  return { ...failure, updateID: update, failedAt: failedAt.toISOString() };
}

function revertOf(pack: string, { tag, groups, health, revert }: PackVersionHealth) {
  if (!revert) return undefined;
  const failing = health?.failing ?? 0;
  return {
    version: revert.version,
    versionTag: revert.tag,
    reason:
      `${counted(failing, "stack fails", "stacks fail")} because of version ${tag}. ` +
      `Version ${revert.tag} worked in ${revert.stacks} of them.`,
    commands: groups.map((group) => `pulumi policy enable ${pack} ${revert.tag}${inGroup(group)}`),
  };
}

function inGroup(group: string): string {
  if (group === DEFAULT_POLICY_GROUP) return "";
  return ` --policy-group ${/\s/.test(group) ? `"${group}"` : group}`;
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}
