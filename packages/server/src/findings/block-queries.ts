import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";
import { eachOf, type SummedKind, selectCounted, sumColumns, summedKinds } from "./sum-queries.ts";

/**
 * Queries for blocks of stacks, whose scores are counted before anybody asks. A block is used when the caller may read exactly as
 * many stacks in it as it was counted of: so there is none that they may not read, and none has left it, as each does whose
 * scores change. All other stacks are counted by themselves, in the same statement.
 */

export interface OfCaller {
  actor: Actor;
  organizationId: string;
}

/** The beginning of a statement: the blocks that the caller may use as `whole`, and all their other stacks as `others`. */
export const readableBlocks = (db: Db, { actor, organizationId }: OfCaller) => sql`
  readable as materialized (${selectReadable(db, actor)
    .where("org.id", "=", organizationId)
    .leftJoin("scored_stacks as scored", "scored.stack_id", "stack.id")
    .select(["stack.id", "scored.block_id"])}),
  whole as materialized (
    select block.id, block.governed, block.clean from score_blocks block
    join (select block_id, count(*) as stacks from readable group by block_id) as found
      on found.block_id = block.id and found.stacks = block.stacks
    where block.organization_id = ${organizationId}
  ),
  others as materialized (
    select id from readable where not exists (select from whole where whole.id = readable.block_id)
  )`;

/** After `readableBlocks`, the sums of the caller's stacks. Those of one name, pack and tag may come in several rows. */
export const selectSums = (kind: SummedKind) => sql`
  select ${sumColumns} from (select id from whole) as whole join score_sums on block_id = whole.id and kind = ${kind}
  union all
  select ${sumColumns} from (${selectCounted(eachOf(kind, sql`select id from others`), kind)}) as counted`;

/** A stack that is in no block, or in one that another stack has left. */
export interface LooseStack {
  stackId: string;
  organizationId: string;
  /** The names of its packs. */
  packs: string;
}

/** @param small a block of fewer stacks is put together with others as soon as any stack is in no block. */
export async function listLoose(db: Db, { small, limit }: { small: number; limit: number }): Promise<LooseStack[]> {
  const { rows } = await sql<LooseStack>`
    with left_by_some as materialized (
      select id from score_blocks where stacks <> (select count(*) from scored_stacks where block_id = score_blocks.id)
    ), loose as materialized (
      select stack_id from scored_stacks where block_id is null or block_id in (select id from left_by_some)
    )
    select stack_id as "stackId", organization_id as "organizationId", array_to_string(packs, ' ') as packs
    from (
      select stack_id from loose
      union
      select stack_id from scored_stacks
      where block_id in (select id from score_blocks where stacks < ${small}) and exists (select from loose)
    ) as stack join scored_stacks using (stack_id) join stacks on stacks.id = stack_id
    order by organization_id, stack_id limit ${limit}`.execute(db);
  return rows;
}

/**
 * Makes a block of these stacks of an organization, in a transaction. Stacks that somebody is changing are left out, so nobody waits
 * long.
 */
export async function makeBlock(db: Db, organizationId: string, stackIds: readonly string[]): Promise<void> {
  const locked = await sql<{ stack_id: string }>`
    select stack_id from scored_stacks where stack_id = any(${[...stackIds]}::uuid[])
    order by stack_id for update skip locked`.execute(db);
  const ids = locked.rows.map(({ stack_id }) => stack_id);
  if (ids.length === 0) return;
  const { rows } = await sql<{ id: string }>`
    insert into score_blocks (organization_id, stacks, governed, clean)
    select ${organizationId}::uuid, ${ids.length}::int, coalesce(sum(governed), 0), coalesce(sum(clean), 0)
    from stack_scores where stack_id = any(${ids}::uuid[]) returning id`.execute(db);
  const id = sql`${rows[0]?.id}::bigint`;
  await sql`update scored_stacks set block_id = ${id} where stack_id = any(${ids}::uuid[])`.execute(db);
  for (const kind of summedKinds) {
    const each = eachOf(kind, sql`select unnest(${ids}::uuid[]) as id`);
    await sql`
      insert into score_sums (block_id, kind, ${sumColumns})
      select ${id}, ${kind}, ${sumColumns} from (${selectCounted(each, kind)}) as counted`.execute(db);
  }
}

/** Removes blocks that all their stacks have left. */
export async function removeEmptyBlocks(db: Db): Promise<void> {
  await sql`
    delete from score_blocks where not exists (select from scored_stacks where block_id = score_blocks.id)`.execute(db);
}
