import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { listPredictions, type Prediction } from "./prediction-queries.ts";

const PAGE = 100;

/**
 * One page of what is predicted of the stacks that the caller may read.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readPredictions(
  { db, actor, org }: OrgCtx,
  { continuationToken, ...wanted }: { stack?: string; source?: string; continuationToken?: string },
): Promise<{ predictions: Prediction[]; continuationToken: string | undefined }> {
  const after = readCursor(continuationToken, 6);
  const rows = await listPredictions(db, { actor, organizationId: org.id, ...wanted, after, limit: PAGE + 1 });
  const predictions = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? predictions.at(-1) : undefined;
  return {
    predictions,
    continuationToken: last && writeCursor([last.project, last.stack, last.source, last.pack, last.policy, last.key]),
  };
}
