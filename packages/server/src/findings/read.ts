import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { findPolicy } from "../packs/index.ts";
import type { Condition, FilterField, Rows, Sort } from "./grid.ts";
import { countFindings, countValues, type Finding, listFindingIds, listFindings } from "./list-queries.ts";

interface Wish {
  closed: boolean;
  where: Condition;
}

const PART = 500;

/** Some of the findings of the stacks that the caller may read, and how many there are. */
export async function readFindings({ db, actor, org }: OrgCtx, wish: Wish & { sort: Sort; rows: Rows }) {
  const wanted = { actor, organizationId: org.id, ...wish };
  return { findings: await listFindings(db, wanted), count: await countFindings(db, wanted) };
}

/** All findings that match, in parts. */
export async function* readAllFindings(ctx: OrgCtx, wish: Wish & { sort: Sort }) {
  const ids = await listFindingIds(ctx.db, { actor: ctx.actor, organizationId: ctx.org.id, ...wish });
  yield* readInParts(ctx, ids);
}

/** The findings with these ids, in parts. Those that are not there any more are left out. */
export async function* readInParts({ db, actor, org }: OrgCtx, ids: readonly { id: string }[]) {
  const wanted = { actor, organizationId: org.id, sort: [] };
  for (let start = 0; start < ids.length; start += PART) {
    const part = ids.slice(start, start + PART).map(({ id }) => id);
    const found = await listFindings(db, { ...wanted, ids: part });
    const byId = new Map(found.map((finding) => [finding.id, finding]));
    yield part.flatMap((id) => byId.get(id) ?? []);
  }
}

export function readValues({ db, actor, org }: OrgCtx, wish: Wish & { field: FilterField }) {
  return countValues(db, { actor, organizationId: org.id, ...wish });
}

/** @throws finding_not_found also when the caller may not read its stack. */
export async function readFinding({ db, actor, org }: OrgCtx, id: string): Promise<Finding> {
  const [finding] = await listFindings(db, { actor, organizationId: org.id, ids: [id], sort: [] });
  if (!finding) throw newError("finding_not_found", { id, organization: org.name });
  return finding;
}

/** The policy of a finding as its pack describes it. Undefined when that version was removed. */
export function readPolicyOf({ db, org }: OrgCtx, { pack, tag, policy }: Finding) {
  return findPolicy(db, { organizationId: org.id, pack, tag, policy });
}
