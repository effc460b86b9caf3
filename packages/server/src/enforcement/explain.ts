import type { GroupMode } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { Membership } from "../groups/index.ts";
import { versionName } from "../packs/index.ts";
import { requiredPacks } from "./required.ts";
import { type EnabledEntry, type GroupOfStack, readGroupsOfStack } from "./stack-policies.ts";

/** A group that takes in the stack and has the pack enabled. */
export interface ExplainedGroup {
  name: string;
  mode: GroupMode;
  membership: Membership;
  version: number;
  tag: string | null;
  /** This is the entry that the stack's next update must run. */
  required: boolean;
  /** Why it is, or is not, required: one sentence for people, which stands beside the group's name. */
  reason: string;
}

export interface ExplainedPack {
  name: string;
  groups: ExplainedGroup[];
}

type Enabling = EnabledEntry & { group: GroupOfStack };

/**
 * Why the stack has its packs: for each pack the groups that have it enabled, and which of them counts.
 *
 * @param pack only this one.
 * @throws stack_not_found
 */
export async function explainStack(ctx: StackCtx, pack?: string): Promise<ExplainedPack[]> {
  const groups = await readGroupsOfStack(ctx);
  const enabled = groups.flatMap((group) => group.packs.map((entry): Enabling => ({ ...entry, group })));
  const required = requiredPacks(enabled.filter(({ group }) => group.mode === "preventative"));
  const names = [...new Set(enabled.map(({ name }) => name))].sort();
  return names
    .filter((name) => pack === undefined || name === pack)
    .map((name) => ({
      name,
      groups: enabled.filter((entry) => entry.name === name).map((entry) => explainEntry(entry, required)),
    }));
}

function explainEntry(entry: Enabling, required: readonly Enabling[]): ExplainedGroup {
  const { group, version, tag, packId } = entry;
  const chosen = required.find((other) => other.packId === packId);
  return {
    name: group.name,
    mode: group.mode,
    membership: group.membership,
    version,
    tag,
    required: entry === chosen,
    reason: `${membershipReason(group)}; ${choiceReason(entry, chosen)}`,
  };
}

function membershipReason({ membership: { by } }: GroupOfStack): string {
  if (by === "default") return "it takes in every stack";
  return by === "explicit" ? "it lists the stack" : "its rule takes in the stack";
}

function choiceReason(entry: Enabling, chosen: Enabling | undefined): string {
  if (entry === chosen) return "this is what the next update of the stack must run";
  if (entry.group.mode === "audit") return "an audit group is not evaluated yet, and no update has to run its packs";
  if (!chosen) return "the pack is not run";
  return chosen.version === entry.version
    ? `${chosen.group.name} has the same version and was edited later, so its configuration counts`
    : `${chosen.group.name} has the newer version ${versionName(chosen)}`;
}
