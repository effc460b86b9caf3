import { type SqlBool, sql } from "kysely";
import { fitting } from "../db/fitting.ts";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import type { Exception, MatchEntry } from "./exception.ts";
import { personIn } from "./person-queries.ts";
import { IS_ACTIVE } from "./queries.ts";

export interface ExceptionFilter {
  organizationId: string;
  number?: number | undefined;
  pack?: string | undefined;
  policy?: string | undefined;
  stack?: { project: string; name: string } | undefined;
  active?: boolean | undefined;
  /** Ids of the stacks that the caller may read. Undefined for all that there are, and those that there are not. */
  readable?: readonly string[] | undefined;
  /** Only those whose end is not later than in so many hours. */
  endingWithin?: number | undefined;
  /** Only those that nothing has needed for so many hours, and that are as old. */
  unusedFor?: number | undefined;
  order?: ExceptionOrder | undefined;
  /** The number and the end of the last one of the page before. */
  after?: readonly string[] | undefined;
  limit: number;
}

/** Of the entries and reasons in one list, in bytes. An exception may have a mebibyte. */
const LARGEST_LIST = 2 * 1024 * 1024;

/** `ending`: those that end first are first, and those without an end last. */
export type ExceptionOrder = "newest" | "oldest" | "ending";

/** An exception of a list. */
export interface ListedException extends Exception {
  /** When a run last needed it, of the stacks that the caller may read. Null for never. */
  neededAt: Date | null;
}

interface Row extends Exception {
  neededAt: Date | null;
  /** For the order: its end in microseconds. */
  end: string;
  active: boolean;
  /** `project/stack` of its stacks that the caller may read; null when nothing is hidden from them. */
  stacks: string[] | null;
  /** How many there are within the limit, of which only as many are listed as fit. */
  found: number;
}

/** Later than all ends. */
const ENDLESS = "999999999999999999";
const end = sql`coalesce((extract(epoch from expires_at) * 1000000)::bigint, ${sql.lit(ENDLESS)}::bigint)`;

/** Newest first, unless another order is asked for; as many as fit into a list, and at least one. */
export async function listExceptions(db: Db, filter: ExceptionFilter): Promise<Row[]> {
  const { organizationId, number, pack, policy, stack, active, readable, endingWithin, unusedFor, limit } = filter;
  const { after, order = "newest" } = filter;
  const seen = readable ? readableOf(readable) : namedBy;
  const neededAt = sql`(select max(named.last_needed_at) ${seen})`;
  const conditions = [
    sql<SqlBool>`exception.organization_id = ${organizationId}`,
    ...(number === undefined ? [] : [sql<SqlBool>`exception.number = ${number}`]),
    ...(after ? [laterThan[order](after)] : []),
    ...(endingWithin === undefined
      ? []
      : [sql<SqlBool>`exception.expires_at <= ${NOW} + make_interval(hours => ${endingWithin})`]),
    ...(unusedFor === undefined
      ? []
      : [sql<SqlBool>`coalesce(${neededAt}, exception.created_at) <= ${NOW} - make_interval(hours => ${unusedFor})`]),
    ...(pack === undefined ? [] : [sql<SqlBool>`exception.pack = ${pack}`]),
    ...(policy === undefined ? [] : [sql<SqlBool>`${policy} = any(exception.policies)`]),
    ...(active === undefined ? [] : [sql<SqlBool>`${IS_ACTIVE} = ${active}`]),
    ...(stack
      ? [sql<SqlBool>`exists (select ${seen} and named.project = ${stack.project} and named.stack = ${stack.name})`]
      : []),
    ...(readable ? [sql<SqlBool>`exists (select ${seen})`] : []),
    // What somebody may not read of an exception must not show by what it is found with.
    ...(readable && policy !== undefined ? [namesFor(policy, seen)] : []),
  ];
  const shown = readable ? sql`array(select named.project || '/' || named.stack ${seen})` : sql`null`;
  const rows = sql`
    select id, number, expires_at, bytes from policy_exceptions exception
    where ${sql.join(conditions, sql` and `)}
    order by ${orderedBy[order]} limit ${limit}`;
  const { rows: exceptions } = await sql<Row>`
    with ${fitting({ rows, order: orderedBy[order], most: LARGEST_LIST })}
    select exception.number, exception.pack, exception.match, exception.reason, exception.created_at as "createdAt",
      exception.expires_at as "expiresAt", exception.removed_at as "removedAt", exception.request_id as "requestId", ${IS_ACTIVE} as active,
      ${personIn("creator")} as "createdBy", ${personIn("remover")} as "removedBy",
      ${shown} as stacks, ${neededAt} as "neededAt", ${end}::text as end, fitting.found
    from fitting join policy_exceptions exception using (id)
    left join users creator on creator.id = exception.created_by
    left join users remover on remover.id = exception.removed_by
    order by place`.execute(db);
  return exceptions;
}

const orderedBy = {
  newest: sql`number desc`,
  oldest: sql`number`,
  ending: sql`${end}, number`,
};

const laterThan: Record<ExceptionOrder, (after: readonly string[]) => ReturnType<typeof sql<SqlBool>>> = {
  newest: ([number]) => sql`exception.number < ${number}::bigint`,
  oldest: ([number]) => sql`exception.number > ${number}::bigint`,
  ending: ([number, at]) => sql`(${end}, exception.number) > (${at}::bigint, ${number}::bigint)`,
};

const namedBy = sql`from policy_exception_stacks named where named.exception_id = exception.id`;

function readableOf(ids: readonly string[]) {
  return sql`from policy_exception_stacks named
    join stacks stack on stack.organization_id = named.organization_id and stack.project = named.project and stack.name = named.stack
    where named.exception_id = exception.id and stack.id = any(${[...ids]}::uuid[])`;
}

/** Whether it names the policy together with a target, `urn:pulumi:STACK::PROJECT::TYPE::NAME`, of a stack that is seen. */
function namesFor(policy: string, seen: ReturnType<typeof readableOf>) {
  return sql<SqlBool>`exists (
    select from (
      select entry -> 'targets' as targets from json_array_elements(exception.match) entry
      where ${policy} in (select json_array_elements_text(entry -> 'policies')) offset 0
    ) as naming, json_array_elements_text(targets) target
    where exists (
      select ${seen} and named.project = split_part(target, '::', 2) and 'urn:pulumi:' || named.stack = split_part(target, '::', 1)))`;
}

/** As its reader is shown it: without the targets of stacks that they may not read. One that has ended is removed. */
export function shownException(row: Row): ListedException {
  const { active, stacks, end: _, found: __, ...exception } = row;
  return {
    ...exception,
    match: stacks ? matchOf(exception.match, new Set(stacks)) : exception.match,
    removedAt: active ? null : (exception.removedAt ?? exception.expiresAt),
  };
}

/** The entries with only the targets of these stacks, each as `project/stack`. */
export function matchOf(match: readonly MatchEntry[], stacks: ReadonlySet<string>): MatchEntry[] {
  return match
    .map(({ policies, targets }) => ({ policies, targets: targets.filter((target) => stacks.has(stackOf(target))) }))
    .filter(({ targets }) => targets.length > 0);
}

/** Of a target, which was checked when its exception was made: `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
function stackOf(target: string): string {
  const [start = "", project] = target.split("::", 2);
  return `${project}/${start.slice("urn:pulumi:".length)}`;
}
