import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";

// Packs and policies by a part of their names.

interface Wanted {
  organizationId: string;
  text: string;
  limit: number;
}

/** In characters, of a name that is shown. */
const LONGEST = 200;

const has = (value: RawBuilder<unknown>, text: string) => sql`position(lower(${text}) in lower(${value})) > 0`;

/** Published packs by name. */
export async function findPacks(
  db: Db,
  { organizationId, text, limit }: Wanted,
): Promise<{ name: string; displayName: string }[]> {
  const { rows } = await sql<{ name: string; displayName: string }>`
    select pack.name, newest."displayName" from policy_packs pack
    cross join lateral (
      select left(display_name, ${LONGEST}) as "displayName" from policy_pack_versions
      where pack_id = pack.id and status = 'completed' order by version desc limit 1
    ) as newest
    where pack.organization_id = ${organizationId}
      and (${has(sql`pack.name`, text)} or ${has(sql`newest."displayName"`, text)})
    order by pack.name limit ${limit}`.execute(db);
  return rows;
}

interface FoundPolicy {
  pack: string;
  /** Of the newest of the versions that has it. */
  tag: string;
  name: string;
  displayName: string;
}

/** Policies of the newest version of each pack and of `versionIds`, by pack and name. */
export async function findPolicies(
  db: Db,
  { organizationId, text, limit, versionIds }: Wanted & { versionIds: readonly string[] },
): Promise<FoundPolicy[]> {
  const { rows } = await sql<FoundPolicy>`
    select distinct on (pack.name, policy.name) pack.name as pack, coalesce(version.tag, version.version::text) as tag,
      policy.name, policy.title as "displayName"
    from policy_packs pack
    join policy_pack_versions version on version.pack_id = pack.id and version.status = 'completed'
    cross join jsonb_each_text(version.policy_titles) as policy (name, title)
    where pack.organization_id = ${organizationId}
      and (version.id = any(${[...versionIds]}::uuid[]) or version.version = (
        select max(version) from policy_pack_versions where pack_id = pack.id and status = 'completed'
      ))
      and (${has(sql`policy.name`, text)} or ${has(sql`policy.title`, text)})
    order by pack.name, policy.name, version.version desc limit ${limit}`.execute(db);
  return rows;
}
