import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Exception, MatchEntry, Person } from "./exception.ts";
import { BYTES, IS_ACTIVE } from "./queries.ts";
import { readUrn } from "./urn.ts";

export interface ExceptionFilter {
  organizationId: string;
  number?: number | undefined;
  pack?: string | undefined;
  policy?: string | undefined;
  stack?: { project: string; name: string } | undefined;
  active?: boolean | undefined;
  /** Ids of the stacks that the caller may read. Undefined for all that there are, and those that there are not. */
  readable?: readonly string[] | undefined;
  /** Only those with a lower number. */
  below?: number | undefined;
  limit: number;
}

/** Of the entries and reasons in one list, in bytes. An exception may have a mebibyte. */
const LARGEST_LIST = 2 * 1024 * 1024;

interface ListedException extends Omit<Exception, "createdBy" | "removedBy"> {
  active: boolean;
  creatorLogin: string | null;
  creatorName: string | null;
  removerLogin: string | null;
  removerName: string | null;
  /** `project/stack` of its stacks that the caller may read; null when nothing is hidden from them. */
  stacks: string[] | null;
  /** How many there are within the limit, of which only as many are listed as fit. */
  found: number;
}

/** Newest first; as many as fit into a list, and at least one. */
export async function listExceptions(db: Db, filter: ExceptionFilter): Promise<ListedException[]> {
  const { organizationId, number, pack, policy, stack, active, readable, below, limit } = filter;
  const seen = readable ? readableOf(readable) : namedBy;
  const conditions = [
    sql<SqlBool>`exception.organization_id = ${organizationId}`,
    ...(number === undefined ? [] : [sql<SqlBool>`exception.number = ${number}`]),
    ...(below === undefined ? [] : [sql<SqlBool>`exception.number < ${below}`]),
    ...(pack === undefined ? [] : [sql<SqlBool>`exception.pack = ${pack}`]),
    ...(policy === undefined ? [] : [sql<SqlBool>`${policy} = any(exception.policies)`]),
    ...(active === undefined ? [] : [sql<SqlBool>`${IS_ACTIVE} = ${active}`]),
    ...(stack
      ? [sql<SqlBool>`exists (select ${seen} and named.project = ${stack.project} and named.stack = ${stack.name})`]
      : []),
    ...(readable ? [sql<SqlBool>`exists (select ${seen})`] : []),
  ];
  const shown = readable ? sql`array(select named.project || '/' || named.stack ${seen})` : sql`null`;
  const { rows } = await sql<ListedException>`
    with found as materialized (
      select exception.id, exception.number, ${BYTES} as bytes from policy_exceptions exception
      where ${sql.join(conditions, sql` and `)}
      order by exception.number desc limit ${limit}
    ), measured as (
      select id, count(*) over () as found, row_number() over newest as place, sum(bytes) over newest as so_far
      from found window newest as (order by number desc)
    )
    select exception.number, exception.pack, exception.match, exception.reason, exception.created_at as "createdAt",
      exception.expires_at as "expiresAt", exception.removed_at as "removedAt", exception.request_id as "requestId", ${IS_ACTIVE} as active,
      creator.login as "creatorLogin", creator.name as "creatorName",
      remover.login as "removerLogin", remover.name as "removerName",
      ${shown} as stacks, measured.found::int as found
    from measured join policy_exceptions exception using (id)
    left join users creator on creator.id = exception.created_by
    left join users remover on remover.id = exception.removed_by
    where place = 1 or so_far <= ${LARGEST_LIST}
    order by exception.number desc`.execute(db);
  return rows;
}

const namedBy = sql`from policy_exception_stacks named where named.exception_id = exception.id`;

function readableOf(ids: readonly string[]) {
  return sql`from policy_exception_stacks named
    join stacks stack on stack.organization_id = named.organization_id and stack.project = named.project and stack.name = named.stack
    where named.exception_id = exception.id and stack.id = any(${[...ids]}::uuid[])`;
}

/** As its reader is shown it: without the targets of stacks that they may not read. One that has ended is removed. */
export function shownException(row: ListedException): Exception {
  const { active, creatorLogin, creatorName, removerLogin, removerName, stacks, found: _, ...exception } = row;
  return {
    ...exception,
    match: stacks ? matchOf(exception.match, new Set(stacks)) : exception.match,
    createdBy: personOf(creatorLogin, creatorName),
    removedAt: active ? null : (exception.removedAt ?? exception.expiresAt),
    removedBy: personOf(removerLogin, removerName),
  };
}

function personOf(login: string | null, name: string | null): Person | undefined {
  return login === null ? undefined : { login, name: name ?? "" };
}

/** The entries with only the targets of these stacks, each as `project/stack`. */
export function matchOf(match: readonly MatchEntry[], stacks: ReadonlySet<string>): MatchEntry[] {
  return match
    .map(({ policies, targets }) => ({ policies, targets: targets.filter((target) => stacks.has(stackOf(target))) }))
    .filter(({ targets }) => targets.length > 0);
}

function stackOf(target: string): string {
  const { project, stack } = readUrn(target) ?? { project: "", stack: "" };
  return `${project}/${stack}`;
}
