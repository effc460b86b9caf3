import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable, selectReadableOrRemoved } from "../stacks/index.ts";
import { severityOf, severityRank } from "./severity.ts";

/** What stacks of one project have in common: the same resource, but for its stack, violates the same policy. */
export type FindingGroup = Awaited<ReturnType<typeof listFindingGroups>>[number];

/** One, or any of several. */
type Values = string | readonly string[] | undefined;

/** Which findings are grouped. */
export interface GroupFilter {
  closed?: boolean | undefined;
  project?: Values;
  pack?: Values;
  policy?: Values;
  severity?: Values;
  status?: Values;
}

/** The values of `FindingGroup` by which groups are ordered: those of each come before all that are greater. */
export const groupKey = ["worst", "rarest", "project", "pack", "policy", "resource"] as const;

const NAMES = 10;

const root = "pulumi:pulumi:Stack";
const part = (n: number) => sql`split_part(finding.urn, '::', ${sql.lit(n)})`;
/** A URN is urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME, and the name of the stack's own resource has the stack's. */
const resource = sql<string>`(case ${part(3)} when ${sql.lit(root)} then ${sql.lit(`${root}::`)}
  else substr(finding.urn, length(${part(1)}) + length(${part(2)}) + 5) end) collate "C"`;
const status = sql<string>`shown_status(finding.ended, finding.status)`;

/** @param page.after the values of `groupKey` of the last one of the page before. */
export async function listFindingGroups(
  db: Db,
  page: GroupFilter & { actor: Actor; organizationId: string; after?: readonly string[] | undefined; limit: number },
) {
  const { actor, organizationId, closed = false, after, limit } = page;
  const wanted: [RawBuilder<string>, Values][] = [
    [sql`stack.project`, page.project],
    [sql`finding.pack`, page.pack],
    [sql`finding.policy`, page.policy],
    [sql`finding.severity`, page.severity],
    [status, page.status],
  ];
  const conditions = wanted.flatMap(([field, value]) =>
    value === undefined ? [] : [sql<SqlBool>`${field} = any(${[value].flat()}::text[])`],
  );
  const project = sql<string>`stack.project collate "C"`;
  const pack = sql<string>`finding.pack collate "C"`;
  const policy = sql<string>`finding.policy collate "C"`;
  const rank = sql`max(${severityRank(sql`finding.severity`)})`;
  const readable = closed ? selectReadableOrRemoved(db, actor) : selectReadable(db, actor);
  const groups = readable
    .where("org.id", "=", organizationId)
    .innerJoin("findings as finding", "finding.stack_id", "stack.id")
    .where("finding.organization_id", "=", organizationId)
    .where("finding.ended", closed ? "is not" : "is", null)
    .where(sql<SqlBool>`${sql.join([sql`true`, ...conditions], sql` and `)}`)
    .groupBy([project, pack, policy, resource])
    .select([
      project.as("project"),
      pack.as("pack"),
      policy.as("policy"),
      resource.as("resource"),
      sql<number>`-(10 * bool_or(finding.level = 'mandatory')::int + ${rank})`.as("worst"),
      sql<number>`-(count(distinct finding.stack_id))::int`.as("rarest"),
      sql<number>`count(distinct finding.stack_id)::int`.as("stacks"),
      sql<string[]>`(array_agg(distinct stack.name collate "C"))[1:${sql.lit(NAMES)}]`.as("stackNames"),
      sql<string>`case when bool_or(finding.level = 'mandatory') then 'mandatory' else max(finding.level) end`.as(
        "level",
      ),
      sql<string>`coalesce(${severityOf(rank)}, '')`.as("severity"),
      sql<Date>`min(finding.first_seen_at)`.as("firstSeen"),
      sql<Date>`max(finding.last_seen_at)`.as("lastSeen"),
    ]);
  const [worst, rarest, ...names] = after ?? [];
  let query = db.selectFrom(groups.as("grouped"));
  if (after)
    query = query.where(
      sql<SqlBool>`(${sql.join(groupKey.map((key) => sql.ref(key)))}) >
        (${Number(worst)}::int, ${Number(rarest)}::int, ${sql.join(names)})`,
    );
  for (const key of groupKey) query = query.orderBy(key);
  return query.limit(limit).selectAll().execute();
}
