import type { Tags } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { givingWay } from "../give-way.ts";
import type { RulePlace } from "./place-queries.ts";

/** A stack that a group may take in. */
export interface CandidateStack {
  id: string;
  project: string;
  name: string;
  tags: Tags;
  /** It is in the list of the group that was asked for. */
  listed: boolean;
}

/** After which stack a page begins. */
type StackPosition = readonly [project: string, name: string];

const PAGE = 5_000;

/**
 * The organization's stacks after `after`, in the order of project and name, a page at a time. Others have their turn while somebody
 * looks at them.
 */
export async function* eachStack(
  db: Db,
  from: { organizationId: string; groupId?: string; after?: StackPosition | undefined },
): AsyncGenerator<CandidateStack> {
  let after = from.after;
  const giveWay = givingWay();
  for (;;) {
    const page = await listPage(db, { ...from, after });
    for (const stack of page) {
      await giveWay();
      yield stack;
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = [last.project, last.name];
  }
}

async function listPage(
  db: Db,
  { organizationId, groupId, after }: { organizationId: string; groupId?: string; after: StackPosition | undefined },
): Promise<CandidateStack[]> {
  return db
    .selectFrom("stacks as stack")
    .leftJoin("policy_group_stacks as listed", (join) =>
      join.onRef("listed.stack_id", "=", "stack.id").on("listed.group_id", "=", groupId ?? null),
    )
    .where("stack.organization_id", "=", organizationId)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(stack.project, stack.name) > (${sql.join([...(after ?? [])])})`),
    )
    .orderBy("stack.project")
    .orderBy("stack.name")
    .limit(PAGE)
    .select([
      "stack.id",
      "stack.project",
      "stack.name",
      "stack.tags",
      sql<boolean>`listed.stack_id is not null`.as("listed"),
    ])
    .execute();
}

/**
 * The stacks that may be in a group, after `after` in the order of project and name: those in its list, and those that its rule
 * takes in or has not looked at. Of a default group all are.
 *
 * @param of.ruled undefined for those of the list alone.
 */
export async function listCandidates(
  db: Db,
  of: {
    organizationId: string;
    group: { id: string; isDefault: boolean };
    ruled: RulePlace | undefined;
    after: readonly string[] | undefined;
    limit: number;
  },
): Promise<CandidateStack[]> {
  const { organizationId, group, ruled, after, limit } = of;
  const all = sql`select stack_id from stack_places where organization_id = ${organizationId}`;
  const listed = sql`select stack_id from policy_group_stacks where group_id = ${group.id}`;
  const taken =
    ruled &&
    sql`${all} and (selectors is distinct from ${ruled.digest} or substr(selected, ${ruled.index + 1}, 1) = '1')`;
  const { rows } = await sql<CandidateStack>`
    select stack.id, stack.project, stack.name, stack.tags, listed.stack_id is not null as listed
    from (${group.isDefault ? all : taken ? sql`${listed} union ${taken}` : listed}) as candidate
    join stacks stack on stack.id = candidate.stack_id
    left join policy_group_stacks listed on listed.stack_id = stack.id and listed.group_id = ${group.id}
    where ${after ? sql`(stack.project, stack.name) > (${sql.join([...after])})` : sql`true`}
    order by stack.project, stack.name limit ${limit}`.execute(db);
  return rows;
}

/** The stacks in the group's own list: what an ordinary group takes in, and the default one leaves out. */
export async function listListed(db: Db, groupId: string) {
  return db
    .selectFrom("policy_group_stacks as listed")
    .innerJoin("stacks as stack", "stack.id", "listed.stack_id")
    .where("listed.group_id", "=", groupId)
    .orderBy("stack.project")
    .orderBy("stack.name")
    .select(["stack.id", "stack.project", "stack.name"])
    .execute();
}

export async function insertListed(db: Db, groupId: string, stackIds: readonly string[]): Promise<number> {
  const result = await sql`
    insert into policy_group_stacks (group_id, stack_id)
    select ${groupId}::uuid, unnest(${[...stackIds]}::uuid[])
    on conflict do nothing`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}

export async function deleteListed(db: Db, groupId: string, stackIds: readonly string[]): Promise<number> {
  const result = await sql`
    delete from policy_group_stacks where group_id = ${groupId}::uuid and stack_id = any(${[...stackIds]}::uuid[])
  `.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}

/** The stacks of those projects and names that there are; an empty project stands for any. */
export async function findStacks(
  db: Db,
  organizationId: string,
  wanted: readonly { project: string; name: string }[],
): Promise<Omit<CandidateStack, "listed">[]> {
  const projects = wanted.map(({ project }) => project);
  const names = wanted.map(({ name }) => name);
  const { rows } = await sql<Omit<CandidateStack, "listed">>`
    select distinct on (stack.id) stack.id, stack.project, stack.name, stack.tags
    from unnest(${projects}::text[], ${names}::text[]) as wanted (project, name)
    join stacks stack on stack.name = wanted.name and (wanted.project = '' or stack.project = wanted.project)
    where stack.organization_id = ${organizationId}::uuid`.execute(db);
  return rows;
}

/** In the order of their names; only one page of them, if it is given. */
export async function listAccounts(
  db: Db,
  groupId: string,
  page?: { after: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_group_accounts")
    .where("group_id", "=", groupId)
    .$if(page !== undefined, (query) => query.where("name", ">", page?.after ?? "").limit(page?.limit ?? 0))
    .orderBy("name")
    .select("name")
    .execute();
  return rows.map(({ name }) => name);
}

export async function insertAccounts(db: Db, groupId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db
    .insertInto("policy_group_accounts")
    .values(names.map((name) => ({ group_id: groupId, name })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteAccounts(db: Db, groupId: string, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0;
  const { numDeletedRows } = await db
    .deleteFrom("policy_group_accounts")
    .where("group_id", "=", groupId)
    .where("name", "in", names)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
