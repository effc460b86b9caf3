import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { isStorable } from "../db/text.ts";
import { readRecorded, type Unsettled } from "../updates/index.ts";

/** How the last line begins of what a pack on `@quillon/policy` says of a violation that it lets through. */
const PACK_SAYS = "^This violation does not fail the run: EXC-[0-9]+ excepts it ";
/** Without a regular expression for the whole message, which would take seconds for one that has the line very often. */
const lastLine = sql`split_part(report.message, E'\\n', -1)`;
const otherLines = sql`left(report.message, greatest(length(report.message) - length(${lastLine}) - 1, 0))`;

/** The exceptions that let violations of an update through, after `markExcepted`. */
export async function listNeeded(db: Db, updateId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct named ->> 'id' as id from policy_reports cross join jsonb_array_elements(exceptions) as named
    where update_id = ${updateId} and exceptions is not null`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Names in the violations of an update the exceptions that let them through: those that match and were recorded with it, with their
 * ends, which events do not tell. What else an event names is not believed, because a client can send what it likes; it is a
 * violation with the level that was reported.
 *
 * An engine that knows exceptions says itself which violations it let through. Where the pack was told of them, no event says it: the
 * pack reports what is excepted as advisory, and one that does not understand exceptions as it always does. So what is mandatory there
 * is a violation, because it has stopped the run. The exceptions that match it are kept as `unapplied`, so that people can be told. What is
 * excepted gets the level with which its policy runs, as a newer engine reports it, and loses the sentence with which the pack says so: the
 * exceptions are named beside it, and the finding may outlive them.
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
  // Without packs that were told, only what names an exception is read: there may be a million other results.
  const possible = entries.some(({ byPack }) => byPack)
    ? sql`(report.exceptions is not null or ("byPack" and report.level in ('advisory', 'mandatory')))`
    : sql`report.exceptions is not null`;
  await sql`
    with entries as (
      select * from json_to_recordset(${JSON.stringify(entries)}::json) as entry (
        pack text, tag text, "byPack" boolean, levels json, place integer, id text, reason text, "expiresAt" text,
        policies text[], targets text[]
      )
    ), targeted as (
      select *, unnest(targets) as urn from entries
    ), matching as (
      select distinct report.sequence, place, targeted.id, reason, "expiresAt", "byPack", levels ->> report.policy as level,
        report.exceptions is null and report.level = 'mandatory' as unapplied
      from policy_reports report
      join targeted on targeted.urn = report.urn and targeted.pack = report.pack and targeted.tag in ('', report.tag)
        and report.policy = any(targeted.policies)
      where report.update_id = ${id} and report.kind = 'violated' and ${possible}
    ), marked as (
      select sequence, unapplied, bool_or("byPack") as "byPack", bool_or("byPack" and level in ('mandatory', 'remediate')) as mandatory,
        jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', id, 'reason', reason, 'expiresAt', "expiresAt")) order by place)
          as named
      from matching group by sequence, unapplied
    ), changed as (
      select sequence, "byPack" and not unapplied as "byPack", mandatory, case when not unapplied then named end as exceptions,
        case when unapplied then named end as unapplied
      from marked
      union all
      select sequence, false, false, null, null from policy_reports
      where update_id = ${id} and exceptions is not null and sequence not in (select sequence from marked)
    )
    update policy_reports report set exceptions = changed.exceptions, unapplied = changed.unapplied,
      level = case when changed.mandatory then 'mandatory' else report.level end,
      message = case when changed."byPack" and ${lastLine} ~ ${PACK_SAYS} then ${otherLines} else report.message end
    from changed
    where report.update_id = ${id} and report.sequence = changed.sequence
      and (report.exceptions, report.unapplied) is distinct from (changed.exceptions, changed.unapplied)`.execute(db);
}
