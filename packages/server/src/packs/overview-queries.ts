import type { PackNeeds } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** A published version in a list. */
export interface ListedVersion {
  version: number;
  tag: string | null;
  publishedAt: Date;
  /** Null for a user who was removed. */
  publishedBy: string | null;
  policies: number;
  /** Null where it is not known. */
  needs: PackNeeds | null;
}

interface ArchiveFacts {
  runtime: string | null;
  sha256: string;
}

export interface NewestOfPack extends ListedVersion {
  packId: string;
  name: string;
  /** A very long one is cut. */
  displayName: string;
  /** How many are published. */
  versions: number;
}

/** In characters. */
const LONGEST_SHOWN = 1_000;

/** A column that the database has of each version: to count in the metadata, it would have to read all of that. */
const policiesOf = sql<number>`(select count(*)::int from jsonb_object_keys(version.severities))`;

/** Packs of the organization that have a published version, by name, each with its newest. */
export async function listNewest(
  db: Db,
  wanted: { organizationId: string; pack?: string | undefined; after: string; limit: number },
): Promise<NewestOfPack[]> {
  const { organizationId, pack = null, after, limit } = wanted;
  const { rows } = await sql<NewestOfPack>`
    select pack.id as "packId", pack.name, newest.*,
      (select count(*)::int from policy_pack_versions where pack_id = pack.id and status = 'completed') as versions
    from policy_packs pack
    cross join lateral (
      select version.version, version.tag, version.completed_at as "publishedAt", users.login as "publishedBy",
        left(version.display_name, ${LONGEST_SHOWN}) as "displayName", ${policiesOf} as policies, version.needs
      from policy_pack_versions version left join users on users.id = version.reserved_by
      where version.pack_id = pack.id and version.status = 'completed'
      order by version.version desc limit 1
    ) newest
    where pack.organization_id = ${organizationId} and pack.name > ${after}
      and (${pack}::text is null or pack.name = ${pack})
    order by pack.name limit ${limit}`.execute(db);
  return rows;
}

/** Published versions of a pack below `before`, the newest first. */
export async function listVersionsBefore(
  db: Db,
  { packId, before, limit }: { packId: string; before: number | undefined; limit: number },
): Promise<(ListedVersion & ArchiveFacts & { size: number })[]> {
  const { rows } = await sql<ListedVersion & ArchiveFacts & { size: string }>`
    select version.version, version.tag, version.completed_at as "publishedAt", users.login as "publishedBy",
      ${policiesOf} as policies, version.runtime, version.sha256, version.size, version.needs
    from policy_pack_versions version left join users on users.id = version.reserved_by
    where version.pack_id = ${packId} and version.status = 'completed'
      and (${before ?? null}::int is null or version.version < ${before ?? null})
    order by version.version desc limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}
