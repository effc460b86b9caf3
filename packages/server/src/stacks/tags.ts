import { MOST_TAGS, newError, type Tags } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import type { StackCtx, Tx } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { lockStack } from "./lease-queries.ts";
import { nameInOrg, qualifiedName } from "./qualified-name.ts";
import { writeTags } from "./queries.ts";

/** Gives the stack a tag, instead of one of that name. The other tags stay. @throws stack_tags_many, stack_not_found */
export function setTag(tx: Tx<StackCtx>, { name, value }: { name: string; value: string }): Promise<boolean> {
  return changeTags(tx, (tags) => {
    const wanted = { ...tags, [name]: value };
    const isNew = !Object.hasOwn(tags, name);
    if (isNew && Object.keys(wanted).length > MOST_TAGS) throw newError("stack_tags_many", { most: MOST_TAGS });
    return wanted;
  });
}

/** Removes one of the stack's tags. @throws stack_tag_not_found, stack_not_found */
export function removeTag(tx: Tx<StackCtx>, tag: string): Promise<boolean> {
  return changeTags(tx, (tags) => {
    if (!Object.hasOwn(tags, tag)) throw newError("stack_tag_not_found", { stack: qualifiedName(tx), tag });
    return Object.fromEntries(Object.entries(tags).filter(([name]) => name !== tag));
  });
}

/** Gives the stack these tags instead of all that it has. @throws stack_not_found */
export function replaceTags(tx: Tx<StackCtx>, tags: Tags): Promise<boolean> {
  return changeTags(tx, () => tags);
}

/**
 * Changes the tags of the stack, which is locked meanwhile, and records what differs.
 *
 * @returns whether something does.
 * @throws stack_not_found
 */
async function changeTags(tx: Tx<StackCtx>, change: (tags: Tags) => Tags): Promise<boolean> {
  const row = await lockStack(tx.db, tx.stack.id);
  if (!row) throw newError("stack_not_found", { stack: qualifiedName(tx) });
  const wanted = change(row.tags);
  const names = [...new Set([...Object.keys(row.tags), ...Object.keys(wanted)])];
  const changed = names.filter((name) => own(row.tags, name) !== own(wanted, name)).sort();
  if (changed.length === 0) return false;
  await writeTags(tx.db, tx.stack.id, wanted);
  await recordAudit(tx, {
    event: "Stack Tags Changed",
    description: `Stack ${nameInOrg(tx.stack)}: ${changed.join(", ")}`,
    before: writeJson(pick(row.tags, changed)),
    after: writeJson(pick(wanted, changed)),
  });
  return true;
}

function own(tags: Tags, name: string): string | undefined {
  return Object.hasOwn(tags, name) ? tags[name] : undefined;
}

function pick(tags: Tags, names: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => names.includes(name)));
}
