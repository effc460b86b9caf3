import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { BundledPackage } from "./bill.ts";

// What travels in the archives of versions.

export async function insertPackages(db: Db, versionId: string, packages: readonly BundledPackage[]): Promise<void> {
  if (packages.length === 0) return;
  await sql`
    insert into bundled_packages (version_id, name, version, license, purl)
    select ${versionId}, name, version, license, purl
    from json_to_recordset(${JSON.stringify(packages)}::json) as package (name text, version text, license text, purl text)
  `.execute(db);
}

/** Removed versions of which it is still stored what travels in them, at most so many. */
export async function listToForget(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_pack_versions")
    .where("status", "=", "removed")
    .where("bill", "is not", null)
    .limit(limit)
    .select("id")
    .execute();
  return rows.map(({ id }) => id);
}

/** Forgets the bill of materials of a removed version, and what it says. */
export async function forgetContents(db: Db, versionId: string): Promise<void> {
  await sql`
    with forgotten as (delete from bundled_packages where version_id = ${versionId})
    update policy_pack_versions set bill = null where id = ${versionId} and status = 'removed'`.execute(db);
}

/** A published version's bill of materials. @returns undefined when it has none. */
export async function findBill(db: Db, versionId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("policy_pack_versions")
    .where("id", "=", versionId)
    .where("status", "=", "completed")
    .select("bill")
    .executeTakeFirst();
  return row?.bill ?? undefined;
}

/** Which published versions a search is about: those of the organization, or some of them. */
export interface Searched {
  organizationId: string;
  /** Undefined: all. */
  versionIds: readonly string[] | undefined;
}

const isSearched = ({ organizationId, versionIds }: Searched) => sql`
  version.status = 'completed' and pack.organization_id = ${organizationId}
  and (${versionIds === undefined} or version.id = any(${[...(versionIds ?? [])]}::uuid[]))`;

/** Found from the versions of the organization, because others may have any number of packages of that name. */
const carried = (name: string) => sql`
  policy_packs pack join policy_pack_versions version on version.pack_id = pack.id
  cross join lateral (select * from bundled_packages where version_id = version.id and name = ${name} offset 0) as bundled`;

/** Much more than there are of any package. */
const MOST_VERSIONS = 50_000;

/** The versions of a package that travel in any of the versions searched. */
export async function listPackageVersions(db: Db, searched: Searched, name: string): Promise<string[]> {
  const { rows } = await sql<{ version: string }>`
    select distinct bundled.version from ${carried(name)}
    where ${isSearched(searched)} limit ${MOST_VERSIONS}`.execute(db);
  return rows.map(({ version }) => version);
}

/** A version of a pack that carries what was searched. */
export interface Carrier {
  versionId: string;
  pack: string;
  version: number;
  tag: string | null;
  found: Omit<BundledPackage, "name">[];
}

/** By pack, the newest version first. @param wanted.after the last one of the page before. */
export async function listCarriers(
  db: Db,
  searched: Searched,
  wanted: { name: string; versions: readonly string[]; after: { pack: string; version: number }; limit: number },
): Promise<Carrier[]> {
  const { name, versions, after, limit } = wanted;
  const { rows } = await sql<Carrier>`
    select version.id as "versionId", pack.name as pack, version.version, version.tag,
      json_agg(json_build_object('version', bundled.version, 'license', bundled.license, 'purl', bundled.purl)
        order by bundled.version) as found
    from ${carried(name)}
    where bundled.version = any(${[...versions]}::text[]) and ${isSearched(searched)}
      and (pack.name > ${after.pack} or (pack.name = ${after.pack} and version.version < ${after.version}))
    group by version.id, pack.name
    order by pack.name, version.version desc limit ${limit}`.execute(db);
  return rows;
}

/** How many of the versions searched have no bill of materials. */
export async function countWithoutBill(db: Db, searched: Searched): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from policy_pack_versions version join policy_packs pack on pack.id = version.pack_id
    where version.bill is null and ${isSearched(searched)}`.execute(db);
  return rows[0]?.count ?? 0;
}
