import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { severityRank } from "./severity.ts";

const STACKS = 50;
const PACKS = 20;

interface Counts {
  count: number;
  /** The worst of them. */
  severity: string;
  /** How many have that severity. */
  worst: number;
}

export interface Heatmap {
  packs: string[];
  stacks: (Counts & { project: string; stack: string; packs: (Counts & { policyPack: string })[] })[];
  stackCount: number;
  packCount: number;
}

const of = (rank: number) => sql`coalesce(sum(count) filter (where rank = ${sql.lit(rank)}), 0)`;
/** One critical finding is worse than any number of others. */
const worstFirst = sql`${of(4)} desc, ${of(3)} desc, ${of(2)} desc, ${of(1)} desc, sum(count) desc`;
const counts = sql`sum(count)::int as count, (array_agg(severity order by rank desc))[1] as severity,
  (sum(count) filter (where rank = most))::int as worst`;
const asJson = sql`'count', count, 'severity', severity, 'worst', worst`;

/** Open findings by stack and pack. @param stackIds the only ones that the caller may read. Undefined for all. */
export async function readHeatmap(
  db: Db,
  { organizationId, stackIds }: { organizationId: string; stackIds: readonly string[] | undefined },
): Promise<Heatmap> {
  const { rows } = await sql<Heatmap>`
    with counted as materialized (
      select stack_id, pack, severity, ${severityRank(sql`severity`)} as rank, sum(count) as count from finding_counts
      where organization_id = ${organizationId} and not closed and status in ('open', 'in_progress')
        and ${stackIds ? sql`stack_id = any(${[...stackIds]}::uuid[])` : sql`true`}
        and stack_id not in (select id from removed_stacks where unfinished)
      group by 1, 2, 3
    ), ranked as (
      select stack_id, project, name, row_number() over (order by ${worstFirst}, project, name) as place
      from counted join stacks on stacks.id = stack_id group by stack_id, project, name
    ), of_worst as materialized (
      select counted.*, place, project, name from counted join ranked using (stack_id) where place <= ${STACKS}
    ), packs as (
      select pack, row_number() over (order by ${worstFirst}, pack) as pack_place from of_worst group by pack
    ), cells as (
      select place, pack_place, pack, ${counts}
      from (select *, max(rank) over (partition by stack_id, pack) as most from of_worst) as ranked_cells
      join packs using (pack) where pack_place <= ${PACKS} group by 1, 2, 3
    ), whole as (
      select place, project, name, ${counts}
      from (select *, max(rank) over (partition by stack_id) as most from of_worst) as ranked_stacks group by 1, 2, 3
    )
    select coalesce((select json_agg(pack order by pack_place) from packs where pack_place <= ${PACKS}), '[]') as packs,
      coalesce((select json_agg(json_build_object('project', project, 'stack', name, ${asJson}, 'packs', (
          select json_agg(json_build_object('policyPack', pack, ${asJson}) order by pack_place)
          from cells where cells.place = whole.place
        )) order by place) from whole), '[]') as stacks,
      (select count(*)::int from ranked) as "stackCount", (select count(*)::int from packs) as "packCount"`.execute(db);
  return rows[0] ?? { packs: [], stacks: [], stackCount: 0, packCount: 0 };
}
