import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { SelectableStack } from "./rule.ts";

/** What a rule looks at. */
export interface Looks {
  project: boolean;
  name: boolean;
  /** Names of tags. */
  tags: readonly string[];
}

interface OfOrganization {
  organizationId: string;
  looks: Looks;
}

/** A stack's names and tags, but only what the rule looks at. */
function seenOf({ project, name, tags }: Looks) {
  return sql<SelectableStack>`jsonb_build_object(
    'project', case when ${project} then stack.project else '' end,
    'name', case when ${name} then stack.name else '' end,
    'tags', (
      select coalesce(jsonb_object_agg(key, stack.tags->>key), '{}') from unnest(${[...tags]}::text[]) as key
      where stack.tags->>key is not null
    ))`;
}

/** What a rule sees of the organization's stacks, and of how many stacks it sees the same. */
export async function listSeen(
  db: Db,
  { organizationId, looks }: OfOrganization,
): Promise<{ seen: SelectableStack; stacks: number }[]> {
  const { rows } = await sql<{ seen: SelectableStack; stacks: number }>`
    select ${seenOf(looks)} as seen, count(*)::int as stacks
    from stacks stack where stack.organization_id = ${organizationId} group by 1`.execute(db);
  return rows;
}

/** Parts of a project's and a stack's name, in any case. */
export interface Search {
  project: string;
  name: string;
  /** Both must be found, or else one of them. */
  both: boolean;
}

/** The stacks of which a rule sees this, after `after` in the order of project and name. */
export async function listMatching(
  db: Db,
  of: OfOrganization & {
    seen: readonly SelectableStack[];
    search: Search | undefined;
    after: readonly string[] | undefined;
    limit: number;
  },
): Promise<(SelectableStack & { id: string })[]> {
  const { organizationId, looks, seen, search, after, limit } = of;
  const has = (column: "project" | "name", part: string) =>
    sql`strpos(lower(${sql.ref(`stack.${column}`)}), lower(${part})) > 0`;
  const found =
    search && sql`(${has("project", search.project)} ${search.both ? sql`and` : sql`or`} ${has("name", search.name)})`;
  const { rows } = await sql<SelectableStack & { id: string }>`
    select stack.id, stack.project, stack.name, stack.tags from stacks stack
    where stack.organization_id = ${organizationId}
      and ${seenOf(looks)} = any(select jsonb_array_elements(${JSON.stringify(seen)}::jsonb))
      and ${found ?? sql`true`}
      and ${after ? sql`(stack.project, stack.name) > (${sql.join([...after])})` : sql`true`}
    order by stack.project, stack.name limit ${limit}`.execute(db);
  return rows;
}
