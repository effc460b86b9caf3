import type { PackMetadata } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { inSeconds, NOW } from "../db/time.ts";
import type { PackFacts } from "./check-pack.ts";
import type { KnownVersion } from "./versions.ts";

/** How long a reservation lives after its last byte. */
const RESERVATION = inSeconds(300);

/**
 * Locks the pack of that name until the transaction ends. It is made when it does not exist.
 *
 * @returns its id.
 */
export async function lockOrMakePack(db: Db, organizationId: string, name: string): Promise<string> {
  await db
    .insertInto("policy_packs")
    .values({ organization_id: organizationId, name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const id = await lockPack(db, organizationId, name);
  if (!id) throw new Error(`policy pack ${name} vanished while it was locked`);
  return id;
}

/**
 * Locks the pack until the transaction ends, so that it is not published and removed at the same time.
 *
 * @returns its id, or undefined when it does not exist.
 */
export async function lockPack(db: Db, organizationId: string, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("policy_packs")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .select("id")
    .forUpdate()
    .executeTakeFirst();
  return row?.id;
}

/** Every version that the pack ever had, including those that are reserved or removed. */
export async function listVersions(db: Db, packId: string): Promise<KnownVersion[]> {
  return db
    .selectFrom("policy_pack_versions as version")
    .where("version.pack_id", "=", packId)
    .orderBy("version.version")
    .select([
      "version.id",
      "version.version",
      "version.tag",
      "version.status",
      "version.reserved_until as reservedUntil",
      "version.reserved_by as reservedBy",
    ])
    .execute();
}

/** The database's time, by which reservations end. The server's own may differ from it. */
export async function readNow(db: Db): Promise<Date> {
  return (await db.selectNoFrom(NOW.as("now")).executeTakeFirstOrThrow()).now;
}

export async function findPack(db: Db, organizationId: string, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("policy_packs")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .select("id")
    .executeTakeFirst();
  return row?.id;
}

export interface PublishedPack {
  name: string;
  /** Of the newest version. A very long one is cut. */
  displayName: string;
  /** Oldest first. */
  versions: { version: number; tag: string | null }[];
}

/** In characters. A display name may be as long as all that is published of a pack. */
const LONGEST_SHOWN = 1_000;

/** Packs of the organization that have a published version, by name. */
export async function listPublished(
  db: Db,
  wanted: { organizationId: string; pack?: string | undefined; after: string; limit: number },
): Promise<PublishedPack[]> {
  const { organizationId, pack, after, limit } = wanted;
  const { rows } = await sql<PublishedPack>`
    select pack.name, left(newest.display_name, ${LONGEST_SHOWN}) as "displayName", (
      select json_agg(json_build_object('version', version, 'tag', tag) order by version)
      from policy_pack_versions where pack_id = pack.id and status = 'completed'
    ) as versions
    from policy_packs pack
    cross join lateral (
      select display_name from policy_pack_versions where pack_id = pack.id and status = 'completed'
      order by version desc limit 1
    ) newest
    where pack.organization_id = ${organizationId} and pack.name > ${after}
      and (${pack ?? null}::text is null or pack.name = ${pack ?? null})
    order by pack.name limit ${limit}`.execute(db);
  return rows;
}

/** All that is shown of a published version. */
export async function readPublished(db: Db, versionId: string) {
  const row = await db
    .selectFrom("policy_pack_versions as version")
    .leftJoin("users", "users.id", "version.reserved_by")
    .where("version.id", "=", versionId)
    .select([
      "version.metadata",
      "version.sha256",
      "version.size",
      "version.needs",
      "version.sdk",
      "version.source_sha256",
      "version.source_size",
      sql<boolean>`version.bill is not null`.as("hasBill"),
      "version.completed_at",
      "users.login",
    ])
    .executeTakeFirstOrThrow();
  return {
    metadata: row.metadata,
    sha256: row.sha256 ?? "",
    size: Number(row.size),
    needs: row.needs,
    sdk: row.sdk,
    hasBill: row.hasBill,
    sources: row.source_sha256 === null ? null : { sha256: row.source_sha256, size: Number(row.source_size) },
    publishedAt: row.completed_at,
    /** Null for a user who was removed. */
    publishedBy: row.login,
  };
}

export async function insertReservation(
  db: Db,
  version: { packId: string; version: number; tag: string | null; metadata: PackMetadata; userId: string },
): Promise<string> {
  const { id } = await db
    .insertInto("policy_pack_versions")
    .values({
      pack_id: version.packId,
      version: version.version,
      tag: version.tag,
      status: "reserved",
      metadata: JSON.stringify(version.metadata),
      reserved_by: version.userId,
      reserved_until: RESERVATION,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** @returns the blobs that nobody refers to any more. */
export async function deleteReservations(db: Db, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .deleteFrom("policy_pack_versions")
    .where("id", "in", ids)
    .where("status", "=", "reserved")
    .returning(["blob", "source_blob"])
    .execute();
  return blobsOf(rows);
}

function blobsOf(rows: readonly { blob: string | null; source_blob: string | null }[]): string[] {
  return rows.flatMap(({ blob, source_blob }) => [blob ?? [], source_blob ?? []].flat());
}

/**
 * Makes the reservation last longer because bytes of its archive are arriving.
 *
 * @returns false when the reservation has ended.
 */
export async function extendReservation(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("policy_pack_versions")
    .set({ reserved_until: RESERVATION })
    .where("id", "=", id)
    .where("status", "=", "reserved")
    .where("reserved_until", ">", NOW)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Makes a blob the reservation's archive, or that of its sources.
 *
 * @returns the blob that it replaces, or undefined when the reservation has ended.
 */
export async function setUploaded(
  db: Db,
  id: string,
  uploaded: { blob: string } | { source_blob: string },
): Promise<{ replaced: string | null } | undefined> {
  const column = "blob" in uploaded ? "before.blob" : "before.source_blob";
  return db
    .with("before", (cte) =>
      cte.selectFrom("policy_pack_versions").where("id", "=", id).select(["id", "blob", "source_blob"]).forUpdate(),
    )
    .updateTable("policy_pack_versions as version")
    .from("before")
    .set({ ...uploaded, reserved_until: RESERVATION })
    .whereRef("version.id", "=", "before.id")
    .where("version.status", "=", "reserved")
    .where("version.reserved_until", ">", NOW)
    .returning(`${column} as replaced`)
    .executeTakeFirst();
}

/** The caller's live reservation that the path segment names: by tag where it has one, else by integer. */
export async function findOwnVersion(
  db: Db,
  { packId, userId, segment }: { packId: string; userId: string; segment: string },
) {
  return db
    .selectFrom("policy_pack_versions")
    .where("pack_id", "=", packId)
    .where("reserved_by", "=", userId)
    .where((or) =>
      or.or([or("tag", "=", segment), or.and([or("tag", "is", null), or(sql<string>`version::text`, "=", segment)])]),
    )
    .where((or) => or.or([or("status", "=", "completed"), or("reserved_until", ">", NOW)]))
    .select(["id", "version", "tag", "status", "blob", "source_blob as sourceBlob"])
    .executeTakeFirst();
}

/** The archive of what a version was bundled from. */
export interface Sources {
  blob: string;
  /** Of the packed bytes, lower-hex. */
  sha256: string;
  /** Packed, in bytes. */
  size: number;
}

/**
 * Publishes the reservation with exactly the archives that were checked.
 *
 * @returns undefined when it has changed since.
 */
export async function completeReservation(
  db: Db,
  checked: { id: string; blob: string; sha256: string; size: number; facts: PackFacts; sources: Sources | undefined },
) {
  const { sources } = checked;
  const { needs, bill } = checked.facts;
  return db
    .updateTable("policy_pack_versions")
    .set({
      status: "completed",
      sha256: checked.sha256,
      size: checked.size,
      needs: needs ? JSON.stringify(needs) : null,
      sdk: bill?.sdk ? JSON.stringify(bill.sdk) : null,
      bill: bill?.text ?? null,
      source_sha256: sources?.sha256 ?? null,
      source_size: sources?.size ?? null,
      completed_at: sql<Date>`now()`,
    })
    .where("id", "=", checked.id)
    .where("status", "=", "reserved")
    .where("blob", "=", checked.blob)
    .where("source_blob", "is not distinct from", sources?.blob ?? null)
    .returning(["id", "pack_id as packId", "version", "tag"])
    .executeTakeFirst();
}

/** Whether the version was published with this archive. */
export async function isCompleted(db: Db, { id, blob }: { id: string; blob: string }): Promise<boolean> {
  const row = await db
    .selectFrom("policy_pack_versions")
    .where("id", "=", id)
    .where("status", "=", "completed")
    .where("blob", "=", blob)
    .select("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns the blobs that nobody refers to any more. */
export async function deleteExpiredReservations(db: Db): Promise<string[]> {
  const rows = await db
    .deleteFrom("policy_pack_versions")
    .where("status", "=", "reserved")
    .where("reserved_until", "<", NOW)
    .returning(["blob", "source_blob"])
    .execute();
  return blobsOf(rows);
}

export async function findArchive(db: Db, versionId: string) {
  const row = await db
    .selectFrom("policy_pack_versions")
    .where("id", "=", versionId)
    .where("status", "=", "completed")
    .select(["blob", "sha256", "size"])
    .executeTakeFirst();
  return row && { blob: row.blob ?? "", sha256: row.sha256 ?? "", size: Number(row.size) };
}

/** The sources of a published version. @returns undefined when none were sent. */
export async function findSources(db: Db, versionId: string): Promise<Sources | undefined> {
  const row = await db
    .selectFrom("policy_pack_versions")
    .where("id", "=", versionId)
    .where("status", "=", "completed")
    .where("source_blob", "is not", null)
    .select(["source_blob as blob", "source_sha256 as sha256", "source_size as size"])
    .executeTakeFirst();
  return row && { blob: row.blob ?? "", sha256: row.sha256 ?? "", size: Number(row.size) };
}

/**
 * Marks published versions as removed. Their rows stay, so that they can't be published again. What travels in them is forgotten
 * later, because it may be millions of rows: `forgetContents`.
 *
 * @returns the blobs of their archives and sources.
 */
export async function markRemoved(db: Db, ids: readonly string[], userId: string): Promise<string[]> {
  const rows = await db
    .updateTable("policy_pack_versions")
    .set({ status: "removed", removed_by: userId, removed_at: sql<Date>`now()` })
    .where("id", "in", ids)
    .where("status", "=", "completed")
    .returning(["blob", "source_blob"])
    .execute();
  return blobsOf(rows);
}
