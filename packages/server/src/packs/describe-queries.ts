import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** In characters, of a description. */
const LONGEST = 2000;

/** A policy of a version of a pack. */
export interface PolicyName {
  pack: string;
  tag: string;
  policy: string;
}

/** The policies as their packs describe them. Those of versions that were removed, or were never published, are left out. */
export async function describePolicies(
  db: Db,
  organizationId: string,
  names: readonly PolicyName[],
): Promise<(PolicyName & { description: string; severity: string })[]> {
  const { rows } = await sql<PolicyName & { description: string; severity: string }>`
    with wanted as materialized (
      select pack, tag, policy from json_to_recordset(${JSON.stringify(names)}::json) as name (pack text, tag text, policy text)
    ), described as materialized (
      select pack.name as pack, coalesce(version.tag, version.version::text) as tag, policy ->> 'name' as policy,
        coalesce(left(policy ->> 'description', ${LONGEST}), '') as description, coalesce(policy ->> 'severity', '') as severity
      from policy_packs pack
      join policy_pack_versions version on version.pack_id = pack.id and version.status = 'completed'
      cross join json_array_elements(version.metadata -> 'policies') as policy
      where pack.organization_id = ${organizationId}
        and (pack.name, coalesce(version.tag, version.version::text)) in (select pack, tag from wanted)
    )
    select * from described join wanted using (pack, tag, policy)`.execute(db);
  return rows;
}
