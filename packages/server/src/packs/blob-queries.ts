import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { secondsAgo } from "../db/time.ts";

/** No upload takes a day. */
const ABANDONED = secondsAgo(24 * 3600);

/** Records a blob before it is made, so that it can be found when nothing refers to it. */
export async function insertBlobRow(db: Db, name: string): Promise<void> {
  await db.insertInto("archive_blobs").values({ name }).execute();
}

export async function deleteBlobRows(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.deleteFrom("archive_blobs").where("name", "in", names).execute();
}

/** Blobs of a day ago or older that neither a reservation nor a published version has; at most 1,000 of them. */
export async function listOrphanBlobs(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("archive_blobs as blob")
    .where("blob.created_at", "<", ABANDONED)
    .where((of) => {
      // Each by its index: the database can't join by one or the other.
      const isUsed = (column: "version.blob" | "version.source_blob") =>
        of.exists(
          of
            .selectFrom("policy_pack_versions as version")
            .whereRef(column, "=", "blob.name")
            .where("version.status", "<>", "removed")
            .select("version.id"),
        );
      return of.and([of.not(isUsed("version.blob")), of.not(isUsed("version.source_blob"))]);
    })
    .limit(1_000)
    .select("blob.name")
    .execute();
  return rows.map(({ name }) => name);
}

/** How many archives of published versions there are, and their bytes, with those of their sources. */
export async function countArchives(db: Db): Promise<{ archives: number; bytes: number }> {
  const { archives, bytes } = await db
    .selectFrom("policy_pack_versions")
    .where("status", "=", "completed")
    .select([
      sql<number>`count(*)::int`.as("archives"),
      sql<string>`coalesce(sum(size + coalesce(source_size, 0)), 0)::text`.as("bytes"),
    ])
    .executeTakeFirstOrThrow();
  return { archives, bytes: Number(bytes) };
}
