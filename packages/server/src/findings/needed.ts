import type { Db } from "../db/open.ts";
import { setNeeded } from "../exceptions/index.ts";
import { readRecorded, type Unsettled } from "../updates/index.ts";
import { listNamed } from "./needed-queries.ts";

/**
 * Keeps that an update or a preview needed those of its exceptions that let a violation of it through. Of the names in its events only
 * the recorded ones count, because a local pack may have exceptions of its own.
 */
export async function noteNeeded(db: Db, update: Unsettled): Promise<void> {
  const recorded = new Map(
    readRecorded(update.required).map(({ pack, exceptions = [] }) => [pack, new Set(exceptions.map(({ id }) => id))]),
  );
  if (![...recorded.values()].some(({ size }) => size > 0)) return;
  const named = await listNamed(db, update.id);
  const ids = named.filter(({ pack, id }) => recorded.get(pack)?.has(id)).map(({ id }) => id);
  const { organizationId, project, stack, endedAt: at } = update;
  if (ids.length > 0) await setNeeded(db, { organizationId, project, stack, ids, at });
}
