import type { Tags } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { RecordedPack } from "../updates/index.ts";
import { requiredPacks } from "./required.ts";
import type { RequiredPack } from "./required-policies.ts";
import { enabledBy, readStackPolicies } from "./stack-policies.ts";
import { asSettled, type BroughtTags, tagSetsOf } from "./tag-sets.ts";
import { missingPacks } from "./unsettled.ts";

/**
 * What an update must run: what the stack's tags ask for, together with what the tags ask for that the update brings.
 *
 * @returns it, and the sets of tags from which it was settled.
 * @throws stack_not_found
 */
export async function settlePolicies(
  ctx: StackCtx,
  brought: BroughtTags,
): Promise<{ required: RequiredPack[]; tagSets: Tags[] }> {
  const { stored, groupsFor } = await readStackPolicies(ctx);
  const tagSets = tagSetsOf(stored, brought);
  return { required: requiredPacks(enabledBy(groupsFor(tagSets))), tagSets };
}

/**
 * What the tags ask for that an update sends when it starts, and that was not recorded when it was created. What else has
 * changed since then does not count: groups that were edited, and tags that somebody gave the stack.
 *
 * @param input.settled the sets of tags from which it was settled what the update must run.
 * @throws stack_not_found
 */
export async function findUnsettled(
  ctx: StackCtx,
  { sent, settled, recorded }: { sent: Tags; settled: readonly Tags[]; recorded: readonly RecordedPack[] },
): Promise<{ pack: RequiredPack; group: string }[]> {
  const { stored, groupsFor } = await readStackPolicies(ctx);
  const sets = [...settled, stored];
  const known = groupsFor(sets);
  const names = new Set(known.map(({ name }) => name));
  const [first = [], ...others] = sets.map((tags) => groupsFor([asSettled(sent, tags)]));
  const added = first.filter(
    ({ name }) => !names.has(name) && others.every((groups) => groups.some((group) => group.name === name)),
  );
  const missing = missingPacks({ known: enabledBy(known), added: enabledBy(added), recorded });
  return missing.map((pack) => ({ pack, group: added.find(({ packs }) => packs.includes(pack))?.name ?? "" }));
}
