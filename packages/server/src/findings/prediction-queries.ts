import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";

export type Prediction = Awaited<ReturnType<typeof listPredictions>>[number];

/** Of `predicted`: its exceptions have all ended. */
const hasEnded = (ended: readonly string[]) => sql<SqlBool>`not exists (
  select from jsonb_array_elements(predicted.exceptions) as exception
  where exception ->> 'id' <> all(${[...ended]}::text[])
)`;

/** Of `predicted`: it is mandatory, and nothing excepts it any more. */
const isBlocked = (ended: readonly string[]) => sql<SqlBool>`(
  predicted.level = 'mandatory' and (predicted.exceptions is null or ${hasEnded(ended)})
)`;

/**
 * In SQL: what stops the next update of a stack, by run, policy and severity. Rows may come twice, and are to be added up. Each part has its
 * index, and the second is left out when it has nothing to say.
 *
 * @param ended of the exceptions that have ended since the previews.
 */
export function blockedOf(stackId: Expression<unknown>, ended: readonly string[]): RawBuilder<unknown> {
  const counted = (which: RawBuilder<unknown>) => sql`
    select source, update_id, pack, policy, severity, max(last_seen_at) as last_seen, count(*)::int as violations
    from predictions predicted where predicted.stack_id = ${stackId} and predicted.level = 'mandatory' and ${which}
    group by source, update_id, pack, policy, severity`;
  const unexcepted = counted(sql`predicted.exceptions is null`);
  if (ended.length === 0) return unexcepted;
  return sql`${unexcepted} union all ${counted(sql`predicted.exceptions is not null and ${hasEnded(ended)}`)}`;
}

/**
 * In SQL: the ids of the stacks of which `blockedOf` may have rows. Each is found in an index from the one before, because few of many
 * stacks are blocked.
 */
export function blockedStacks(ended: readonly string[]): RawBuilder<string> {
  const each = (which: RawBuilder<unknown>): RawBuilder<string> => {
    const first = (more: RawBuilder<unknown>) => sql`(
      select stack_id from predictions predicted where predicted.level = 'mandatory' and ${which} and ${more}
      order by stack_id limit 1)`;
    return sql`(
      with recursive each as (
        select ${first(sql`true`)} as id union all
        select ${first(sql`predicted.stack_id > each.id`)} from each where id is not null
      ) select id from each where id is not null)`;
  };
  const unexcepted = each(sql`predicted.exceptions is null`);
  if (ended.length === 0) return unexcepted;
  return sql`(${unexcepted} union ${each(sql`predicted.exceptions is not null`)})`;
}

/**
 * Ids of the exceptions that previews were told of, of what would stop an update without them.
 *
 * @param stackIds the only stacks whose previews count. Undefined for all.
 */
export async function listNamedInPredictions(
  db: Db,
  organizationId: string,
  stackIds?: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct exception ->> 'id' as id
    from stacks join predictions predicted on predicted.stack_id = stacks.id
    cross join jsonb_array_elements(predicted.exceptions) as exception
    where organization_id = ${organizationId} and predicted.level = 'mandatory' and predicted.exceptions is not null
      and ${stackIds ? sql`stacks.id = any(${[...stackIds]}::uuid[])` : sql`true`}`.execute(db);
  return rows.map(({ id }) => id);
}

/** How many violations stop the next update of each of these stacks. A stack of which none does is left out. */
export async function countBlocked(
  db: Db,
  { stackIds, ended }: { stackIds: readonly string[]; ended: readonly string[] },
): Promise<{ stackId: string; count: number }[]> {
  const { rows } = await sql<{ stackId: string; count: number }>`
    select stack.id as "stackId", sum(violations)::int as count
    from unnest(${[...new Set(stackIds)]}::uuid[]) as stack (id)
    cross join lateral (${blockedOf(sql`stack.id`, ended)}) as blocked group by stack.id`.execute(db);
  return rows;
}

/** So many stacks are named for an exception. */
const UNAPPLIED = 10;

/**
 * The readable stacks whose last previews show that packs did not apply these exceptions, the first of each by their names.
 *
 * @param wanted.stack the only one that counts, as `project/stack`. Undefined for all.
 */
export async function listUnappliedIn(
  db: Db,
  wanted: { actor: Actor; organizationId: string; ids: readonly string[]; stack: string | undefined },
): Promise<{ id: string; project: string; stack: string }[]> {
  const { actor, organizationId, ids, stack } = wanted;
  const readable = selectReadable(db, actor)
    .where("org.id", "=", organizationId)
    .$if(stack !== undefined, (query) => query.where(sql<SqlBool>`stack.project || '/' || stack.name = ${stack}`))
    .select(["stack.id", "stack.project", "stack.name"]);
  const { rows } = await sql<{ id: string; project: string; stack: string }>`
    select id, project, stack from (
      select id, project, stack, row_number() over (partition by id order by project, stack) as place from (
        select distinct named ->> 'id' as id, project, stack.name as stack
        from (${readable}) as stack join predictions on predictions.stack_id = stack.id
        cross join jsonb_array_elements(unapplied) as named
        where named ->> 'id' = any(${[...ids]}::text[])
      ) as unapplied
    ) as placed where place <= ${UNAPPLIED} order by id, place`.execute(db);
  return rows;
}

/**
 * What is predicted of the stacks that the caller may read, by stack, source, pack, policy and resource.
 *
 * @param page.after these six texts of the last one of the page before; the resource is the hex of its URN's digest.
 */
export async function listPredictions(
  db: Db,
  page: {
    actor: Actor;
    organizationId: string;
    stack?: string | undefined;
    source?: string | undefined;
    /** Only what stops an update. */
    blocked?: boolean | undefined;
    /** Of the exceptions that have ended since the previews. Only for `blocked`. */
    ended?: readonly string[] | undefined;
    after?: readonly string[] | undefined;
    limit: number;
  },
) {
  const key = sql<string>`encode(predicted.urn_digest, 'hex')`;
  return selectReadable(db, page.actor)
    .where("org.id", "=", page.organizationId)
    .innerJoin("predictions as predicted", "predicted.stack_id", "stack.id")
    .$if(page.stack !== undefined, (query) =>
      query.where(sql<SqlBool>`stack.project || '/' || stack.name = ${page.stack}`),
    )
    .$if(page.source !== undefined, (query) => query.where("predicted.source", "=", page.source ?? ""))
    .$if(page.blocked === true, (query) => query.where(isBlocked(page.ended ?? [])))
    .$if(page.after !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(stack.project, stack.name, predicted.source, predicted.pack, predicted.policy, ${key}) > (${sql.join([...(page.after ?? [])])})`,
      ),
    )
    .orderBy("stack.project")
    .orderBy("stack.name")
    .orderBy("predicted.source")
    .orderBy("predicted.pack")
    .orderBy("predicted.policy")
    .orderBy(key)
    .limit(page.limit)
    .select([
      "stack.project",
      "stack.name as stack",
      "predicted.source",
      "predicted.pack",
      "predicted.tag",
      "predicted.policy",
      "predicted.urn",
      key.as("key"),
      "predicted.level",
      "predicted.severity",
      "predicted.message",
      "predicted.exceptions",
      "predicted.unapplied",
      "predicted.update_id as update",
      "predicted.first_seen_at as firstSeen",
      "predicted.last_seen_at as lastSeen",
    ])
    .execute();
}
