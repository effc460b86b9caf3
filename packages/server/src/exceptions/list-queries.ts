import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Exception, MatchEntry } from "./exception.ts";
import { personIn } from "./person-queries.ts";
import { IS_ACTIVE } from "./queries.ts";
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

interface ListedException extends Exception {
  active: boolean;
  /** `project/stack` of its stacks that the caller may read; null when nothing is hidden from them. */
  stacks: string[] | null;
}

/** Newest first. */
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
    select exception.number, exception.pack, exception.match, exception.reason, exception.created_at as "createdAt",
      exception.expires_at as "expiresAt", exception.removed_at as "removedAt", exception.request_id as "requestId", ${IS_ACTIVE} as active,
      ${personIn("creator")} as "createdBy", ${personIn("remover")} as "removedBy",
      ${shown} as stacks
    from policy_exceptions exception
    left join users creator on creator.id = exception.created_by
    left join users remover on remover.id = exception.removed_by
    where ${sql.join(conditions, sql` and `)}
    order by exception.number desc limit ${limit}`.execute(db);
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
  const { active, stacks, ...exception } = row;
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

function stackOf(target: string): string {
  const { project, stack } = readUrn(target) ?? { project: "", stack: "" };
  return `${project}/${stack}`;
}
