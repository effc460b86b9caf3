import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { findPolicy } from "../packs/index.ts";
import { listReadableUnlessAll } from "../stacks/index.ts";
import { names } from "./filter-queries.ts";
import type { Condition, FilterField, Rows, Sort } from "./grid.ts";
import { type Heatmap, readHeatmap } from "./heatmap-queries.ts";
import { countFindings, countValues, type Finding, listFindings, readIds } from "./list-queries.ts";
import { listPage, listValues } from "./page-queries.ts";
import type { RecentKind } from "./recent.ts";
import { readTimed } from "./rule-queries.ts";

interface Wish {
  closed: boolean;
  recent?: RecentKind | undefined;
  overdue?: boolean;
  where: Condition;
}

/** Whether findings are not counted by all that is asked for, so that they have to be looked at themselves. */
const isUncounted = ({ where }: Wish) => names(where, "resourceURN");

/** The wish of the caller. */
async function wantedBy<W extends Wish>({ db, actor, org }: OrgCtx, { recent, overdue, ...wish }: W) {
  const caller = { actor, organizationId: org.id };
  return { ...caller, ...wish, ...(await readTimed(db, org.id, { recent, overdue })) };
}

const PART = 500;
/** In characters. */
const UUID = 36;
const EACH_UUID = new RegExp(`.{${UUID}}`, "g");

/** Rows are counted exactly up to here, or to the end of the page that is read, so that a client reads on. */
const COUNTED = 10_000;

/** Some of the findings of the stacks that the caller may read, and how many there are. */
export async function readFindings(ctx: OrgCtx, wish: Wish & { sort: Sort; rows: Rows }) {
  const { db } = ctx;
  const most = Math.max(COUNTED, wish.rows.start + wish.rows.count) + 1;
  const wanted = await wantedBy(ctx, wish);
  if (isUncounted(wish))
    return { findings: await listFindings(db, wanted), count: await countFindings(db, wanted, most) };
  const stackIds = await listReadableUnlessAll(ctx, { removed: wish.closed });
  const { ids, count } = await listPage(db, { ...wanted, stackIds, most });
  return { findings: await readWhole(ctx, ids), count };
}

async function readWhole(ctx: OrgCtx, ids: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const part of readInParts(ctx, ids)) findings.push(...part);
  return findings;
}

/** All findings that match, in parts. */
export async function* readAllFindings(ctx: OrgCtx, wish: Wish & { sort: Sort }) {
  const ids = await readIds(ctx.db, await wantedBy(ctx, wish));
  const size = PART * UUID;
  for (let start = 0; start < ids.length; start += size)
    yield* readInParts(ctx, ids.slice(start, start + size).match(EACH_UUID) ?? []);
}

/** The findings with these ids, in parts. Those that are not there any more are left out. */
export async function* readInParts({ db, actor, org }: OrgCtx, ids: readonly string[]) {
  const wanted = { actor, organizationId: org.id, sort: [] };
  for (let start = 0; start < ids.length; start += PART) {
    const part = ids.slice(start, start + PART);
    const found = await listFindings(db, { ...wanted, ids: part });
    const byId = new Map(found.map((finding) => [finding.id, finding]));
    yield part.flatMap((id) => byId.get(id) ?? []);
  }
}

/** The values of a field, the most frequent first, at most 1,000. Of URNs, those of the 1,000 findings that changed last. */
export async function readValues(ctx: OrgCtx, wish: Wish & { field: FilterField }) {
  const { db } = ctx;
  const wanted = await wantedBy(ctx, wish);
  if (isUncounted(wish)) return countValues(db, wanted);
  const stackIds = await listReadableUnlessAll(ctx, { removed: wish.closed });
  return listValues(db, { ...wanted, stackIds, most: 1_000 });
}

/** How many findings are open in each stack that the caller may read, by pack. */
export async function readFindingHeatmap(ctx: OrgCtx): Promise<Heatmap> {
  const stackIds = await listReadableUnlessAll(ctx, { removed: false });
  return readHeatmap(ctx.db, { organizationId: ctx.org.id, stackIds });
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
