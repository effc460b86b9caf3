import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { inSeconds, NOW } from "../db/time.ts";

/** Much longer than one step of any work takes. */
const SECONDS = 120;

/**
 * Takes the turn with some work, or keeps it, so that of all servers on one database only one does that work. A server that is
 * paused for too long may lose it and not know, so two servers must do no harm.
 *
 * @returns false while somebody else has it.
 */
export async function takeTurn(db: Db, name: string, holder: string): Promise<boolean> {
  const { rows } = await sql`
    insert into turns (name, holder, until) values (${name}, ${holder}, ${inSeconds(SECONDS)})
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where turns.holder = excluded.holder or turns.until < ${NOW}
    returning name`.execute(db);
  return rows.length === 1;
}

/** Gives the turn back, if it is still held. */
export async function endTurn(db: Db, name: string, holder: string): Promise<void> {
  await db.deleteFrom("turns").where("name", "=", name).where("holder", "=", holder).execute();
}
