import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { isStorable } from "../db/text.ts";
import { readRecorded, type Unsettled } from "../updates/index.ts";

/**
 * Names the recorded exceptions in the violations of an update that they match, with their ends, which events do not tell.
 *
 * An engine that knows exceptions names them itself. Where the pack was told of them, no event names them: it reports what is excepted
 * as advisory, and a pack that does not understand them as it always does. So what is mandatory there is a violation, because it has
 * stopped the run. What is excepted gets the level with which its policy runs, as a newer engine reports it.
 */
export async function markExcepted(db: Db, { id, required }: Unsettled): Promise<void> {
  const entries = readRecorded(required).flatMap(({ pack, tag, exceptions = [], exceptionsBy, levels }) =>
    exceptions.flatMap(({ match, ...exception }, place) =>
      match.map((entry) => ({
        pack,
        tag: tag ?? "",
        byPack: exceptionsBy === "pack",
        levels,
        place,
        ...exception,
        policies: entry.policies.filter(isStorable),
        targets: entry.targets.filter(isStorable),
      })),
    ),
  );
  if (entries.length === 0) return;
  await sql`
    with entries as (
      select * from json_to_recordset(${JSON.stringify(entries)}::json) as entry (
        pack text, tag text, "byPack" boolean, levels json, place integer, id text, reason text, "expiresAt" text,
        policies text[], targets text[]
      )
    ), targeted as (
      select *, unnest(targets) as urn from entries
    ), matching as (
      select distinct report.sequence, place, targeted.id, reason, "expiresAt", "byPack", levels ->> report.policy as level
      from policy_reports report
      join targeted on targeted.urn = report.urn and targeted.pack = report.pack and targeted.tag in ('', report.tag)
        and report.policy = any(targeted.policies)
      where report.update_id = ${id} and report.kind = 'violated'
        and (report.exceptions is not null or ("byPack" and report.level = 'advisory'))
    ), marked as (
      select sequence, bool_or("byPack" and level in ('mandatory', 'remediate')) as mandatory,
        jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', id, 'reason', reason, 'expiresAt', "expiresAt")) order by place)
          as exceptions
      from matching group by sequence
    )
    update policy_reports set exceptions = marked.exceptions,
      level = case when marked.mandatory then 'mandatory' else policy_reports.level end
    from marked where policy_reports.update_id = ${id} and policy_reports.sequence = marked.sequence`.execute(db);
}
