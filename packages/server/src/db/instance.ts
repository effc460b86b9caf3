import { sql } from "kysely";
import type { Db } from "./open.ts";

/**
 * Binds the database to its master key at the first start and checks it at every later one: with another key every
 * secret in it would be unreadable.
 *
 * @throws Error when the database belongs to another key.
 */
export async function claimInstance(db: Db, fingerprint: string): Promise<void> {
  await sql`insert into instance (master_key_fingerprint) values (${fingerprint}) on conflict do nothing`.execute(db);
  const { master_key_fingerprint: recorded } = await db.selectFrom("instance").selectAll().executeTakeFirstOrThrow();
  if (recorded !== fingerprint) {
    throw new Error(
      `This database belongs to master key ${recorded}, but the key given is ${fingerprint}. ` +
        "Start with the key that it was made with; its secrets can't be read with any other.",
    );
  }
}
