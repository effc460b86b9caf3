import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/**
 * What takes rights away waits for those who act on having them, and the other way round: an update that is being started
 * would otherwise not be seen by the request that removes its member at the same time. Whoever needs other locks takes
 * this one first.
 */

/** Makes changes that take rights in the organization away wait until the transaction ends. */
export async function holdRights(db: Db, organizationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${keyOf(organizationId)})`.execute(db);
}

/** Waits for everybody who holds rights in the organization. They wait until the transaction ends. */
export async function lockRights(db: Db, organizationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${keyOf(organizationId)})`.execute(db);
}

function keyOf(organizationId: string) {
  return sql`hashtextextended(${`rights in ${organizationId}`}, 0)`;
}

/** Makes revoking the token wait until the transaction ends. @returns false when it was revoked. */
export async function holdToken(db: Db, tokenId: string): Promise<boolean> {
  const row = await db.selectFrom("tokens").where("id", "=", tokenId).select("id").forKeyShare().executeTakeFirst();
  return row !== undefined;
}
