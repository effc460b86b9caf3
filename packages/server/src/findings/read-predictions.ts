import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import type { Db } from "../db/open.ts";
import { listEnded } from "../exceptions/index.ts";
import {
  countBlocked,
  listNamedInPredictions,
  listPredictions,
  listUnappliedIn,
  type Prediction,
} from "./prediction-queries.ts";

const PAGE = 100;

/**
 * One page of what is predicted of the stacks that the caller may read. Each is as the preview showed it, but without the exceptions
 * that have ended since, because the next run will be blocked.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readPredictions(
  { db, actor, org }: OrgCtx,
  { continuationToken, ...wanted }: { stack?: string; source?: string; blocked?: boolean; continuationToken?: string },
): Promise<{ predictions: Prediction[]; continuationToken: string | undefined }> {
  const after = readCursor(continuationToken, 6);
  const ended = wanted.blocked ? await listEndedInPredictions(db, org.id) : [];
  const rows = await listPredictions(db, { actor, organizationId: org.id, ...wanted, ended, after, limit: PAGE + 1 });
  const predictions = await withoutEnded(db, org.id, rows.slice(0, PAGE));
  const last = rows.length > PAGE ? predictions.at(-1) : undefined;
  return {
    predictions,
    continuationToken: last && writeCursor([last.project, last.stack, last.source, last.pack, last.policy, last.key]),
  };
}

/** How many mandatory violations stop the next update of each of these stacks, for those that any stops. */
export async function countBlockedOf({ db, org }: OrgCtx, stackIds: readonly string[]): Promise<Map<string, number>> {
  if (stackIds.length === 0) return new Map();
  const ended = await listEndedInPredictions(db, org.id, stackIds);
  const counts = await countBlocked(db, { stackIds, ended });
  return new Map(counts.map(({ stackId, count }) => [stackId, count]));
}

/** Where packs did not apply these exceptions in the last previews: of each the first few stacks that the caller may read. */
export async function readUnappliedIn(
  { db, actor, org }: OrgCtx,
  wanted: { ids: readonly string[]; stack: string | undefined },
): Promise<{ id: string; project: string; stack: string }[]> {
  if (wanted.ids.length === 0) return [];
  return listUnappliedIn(db, { actor, organizationId: org.id, ...wanted });
}

/**
 * Ids of the exceptions because of which previews were not stopped, and that have ended since.
 *
 * @param stackIds the only stacks whose previews count. Undefined for all.
 */
export async function listEndedInPredictions(
  db: Db,
  organizationId: string,
  stackIds?: readonly string[],
): Promise<string[]> {
  const ids = await listNamedInPredictions(db, organizationId, stackIds);
  return ids.length > 0 ? listEnded(db, { organizationId, ids }) : [];
}

async function withoutEnded(db: Db, organizationId: string, predictions: Prediction[]): Promise<Prediction[]> {
  const named = predictions.flatMap(({ exceptions, unapplied }) => [...(exceptions ?? []), ...(unapplied ?? [])]);
  const ended = new Set(await listEnded(db, { organizationId, ids: [...new Set(named.map(({ id }) => id))] }));
  if (ended.size === 0) return predictions;
  const activeOf = (exceptions: Prediction["exceptions"]) => {
    const active = exceptions?.filter(({ id }) => !ended.has(id)) ?? [];
    return active.length > 0 ? active : null;
  };
  return predictions.map(({ exceptions, unapplied, ...prediction }) => ({
    ...prediction,
    exceptions: activeOf(exceptions),
    unapplied: activeOf(unapplied),
  }));
}
