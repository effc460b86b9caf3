import type { OrgCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { givingWay } from "../give-way.ts";
import { type MembershipRule, membershipOf } from "../groups/index.ts";
import { readEntries, readGroups, readStacks } from "./queries.ts";
import { requiredPacks } from "./required.ts";
import type { EnabledEntry } from "./stack-policies.ts";
import { type BroughtTags, tagSetsOf } from "./tag-sets.ts";

/** A pack as the group has it enabled because of which a stack must run it. */
export type EntryOfGroup = EnabledEntry & { groupId: string };

/** What each of these stacks must run as it is, without tags that an update may bring. */
export async function requirementsOf(
  db: Db,
  { organizationId, stackIds }: { organizationId: string; stackIds: readonly string[] },
): Promise<Map<string, EntryOfGroup[]>> {
  const requirements = await readRequirements(db, organizationId);
  const stacks = await readStacks(db, stackIds);
  const giveWay = givingWay();
  const required = new Map<string, EntryOfGroup[]>();
  for (const stack of stacks) {
    await giveWay();
    required.set(stack.id, requirements([stack], stack.groups));
  }
  return required;
}

/**
 * What a stack of these names would have to run, if there were one: no group has it in its list, and it has no tags.
 *
 * @param brought the tags that its first update would bring.
 */
export async function requirementsOfNew(
  { db, org }: OrgCtx,
  names: { project: string; name: string },
  brought: BroughtTags = { program: {}, git: {} },
): Promise<EntryOfGroup[]> {
  const requirements = await readRequirements(db, org.id);
  return requirements(
    tagSetsOf({}, brought).map((tags) => ({ ...names, tags })),
    [],
  );
}

/** @returns what a stack must run, with any of its sets of tags. It is told in the lists of which groups the stack is. */
async function readRequirements(
  db: Db,
  organizationId: string,
): Promise<(stack: readonly Parameters<MembershipRule>[0][], listedIn: readonly string[]) => EntryOfGroup[]> {
  const groups = (await readGroups(db, organizationId)).map((group) => ({ ...group, rule: membershipOf(group) }));
  const entries = new Map<string, EntryOfGroup[]>();
  for (const { changed, ...entry } of await readEntries(db, organizationId)) {
    const ofGroup = entries.get(entry.groupId) ?? [];
    entries.set(entry.groupId, [...ofGroup, { ...entry, changed: BigInt(changed) }]);
  }
  const enforcing = groups.filter(({ id, mode }) => mode === "preventative" && entries.has(id));
  return (stack, listedIn) => {
    const takenIn = enforcing.filter(({ id, rule }) => stack.some((one) => rule(one, listedIn.includes(id))));
    return requiredPacks(takenIn.flatMap(({ id }) => entries.get(id) ?? []));
  };
}
