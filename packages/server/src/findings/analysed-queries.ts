import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** What one pack analysed in a run, beside what it had to. */
export interface PackAnalyses {
  pack: string;
  /** How many resources it analysed. */
  analysed: number;
  /** Whether its stack policies were asked. */
  stackAnalysed: boolean;
  /** How many of the expected resources it did not analyse. */
  unanalysed: number;
  /** The URNs of the first of these. */
  first: string[];
}

interface RunAnalyses {
  /** How many resources each pack had to analyse. */
  expected: number;
  /** Nothing was analysed, and all that the run added to the state was imported. */
  onlyImported: boolean;
  packs: PackAnalyses[];
  /** Of the resources that changed in the state, those that were not expected and that not every pack analysed. */
  unspoken: { count: number; first: string[] };
}

/** So many URNs of a pack are named, each to this length. */
const NAMED = 20;
const LONGEST_URN = 1_000;

/**
 * What the packs that a run must ask did analyse. They must analyse every resource that the program registered, because the
 * engine gives each one to each pack before it takes a step, whether it is a component, a provider, the root stack, unchanged,
 * or not targeted:
 * https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/resource/deploy/step_generator.go#L1224
 *
 * Not expected are:
 * - views, which a provider makes of one of its resources. Events don't tell them from components, but only a view has a
 *   resource of a provider as its parent:
 *   https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/deploy/resource_status.go#L418
 * - a resource whose step failed and that no pack analysed, because an import comes before the analysis.
 * - with `components`, resources of providers: a destroy or refresh that runs its program does not analyse them.
 *   https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/resource/deploy/step_generator.go#L829
 *
 * @param run.changed what changed in the state, by its URN: whatever events say, each of them had to be analysed, too.
 */
export async function readAnalyses(
  db: Db,
  updateId: string,
  {
    packs,
    components,
    changed,
  }: { packs: readonly { pack: string; tag: string | null }[]; components: boolean; changed: readonly string[] },
): Promise<RunAnalyses> {
  const required = packs.map(({ pack, tag }) => ({ pack, tag: tag ?? "" }));
  const { rows } = await sql<RunAnalyses>`
    with required as (
      select distinct pack, tag from json_to_recordset(${JSON.stringify(required)}::json) as recorded (pack text, tag text)
    ), steps as materialized (
      select urn, max(parent) as parent, bool_or(kind = 'registered') as changed, bool_or(kind = 'imported') as imported,
        bool_or(kind in ('registered', 'unchanged', 'imported')) as registered,
        bool_or(kind = 'failed') and not bool_or(kind = 'deployed') as failed
      from resource_steps where update_id = ${updateId} group by urn
    ), analyses as materialized (
      select distinct pack, tag, urn from policy_analyses where update_id = ${updateId}
    ), expected as materialized (
      select step.urn from steps step
      left join steps of on of.urn = step.parent and of.registered and of.parent is null
      where step.registered and of.urn is null and not (${components} and step.parent is null)
        and not (step.failed and step.urn not in (select urn from analyses))
    ), asked as (
      select distinct required.pack, analyses.urn from required
      join analyses on analyses.pack = required.pack and required.tag in ('', analyses.tag)
    ), changed as materialized (
      select distinct value as urn from json_array_elements_text(${JSON.stringify(changed)}::json) as value
    ), unspoken as materialized (
      select urn, row_number() over (order by urn) as place from changed
      left join (select urn, count(*) as packs from asked group by urn) as by using (urn)
      where coalesce(by.packs, 0) < (select count(distinct pack) from required) and urn not in (select urn from expected)
    ), lacking as (
      select required.pack, expected.urn, row_number() over (partition by required.pack order by expected.urn) as place
      from required cross join expected
      where not exists (select from asked where asked.pack = required.pack and asked.urn = expected.urn)
    )
    select (select count(*)::int from expected) as expected,
      not exists (select from analyses) and exists (select from steps where imported) and not exists (
        select from (select urn from steps where changed union all select urn from changed) as made
        where urn not in (select urn from steps where imported)
          and split_part(urn, '::', 3) not like 'pulumi:providers:%' and split_part(urn, '::', 3) <> 'pulumi:pulumi:Stack'
      ) as "onlyImported",
      json_build_object(
        'count', (select count(*) from unspoken),
        'first', array(select left(urn, ${LONGEST_URN}) from unspoken where place <= ${NAMED} order by place)
      ) as unspoken,
      coalesce((
        select json_agg(json_build_object(
          'pack', pack,
          'analysed', (select count(*) from asked where asked.pack = required.pack and asked.urn <> ''),
          'stackAnalysed', exists (select from asked where asked.pack = required.pack and asked.urn = ''),
          'unanalysed', (select count(*) from lacking where lacking.pack = required.pack),
          'first', array(
            select left(urn, ${LONGEST_URN}) from lacking where lacking.pack = required.pack and place <= ${NAMED} order by place
          )
        ) order by pack) from required
      ), '[]') as packs`.execute(db);
  const [row] = rows;
  if (!row) throw new Error("A statement without a condition returned no row.");
  return row;
}
