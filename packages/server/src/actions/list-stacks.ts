import type { UserCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { meantOrganization } from "../people/index.ts";
import { listReadableStacks, type StackFilter } from "../stacks/index.ts";
import { readResourceCounts } from "../state/index.ts";
import { readEnds } from "../updates/index.ts";

/** The CLI asks for all pages. */
const PAGE = 500;

export interface StackSummary {
  id: string;
  organization: string;
  project: string;
  name: string;
  /** When its last update ended. */
  lastUpdate: Date | "running" | undefined;
  /** Undefined without a state. */
  resourceCount: number | undefined;
}

/**
 * One page of the stacks that the caller may read, in the order of their names.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a token that this server did not issue.
 */
export async function listStacks(
  { db, actor }: UserCtx,
  { continuationToken, ...wanted }: StackFilter & { continuationToken?: string },
  size = PAGE,
): Promise<{ stacks: StackSummary[]; continuationToken: string | undefined }> {
  const organization = wanted.organization && (await meantOrganization(db, actor, wanted.organization));
  const filter = { ...wanted, organization };
  const after = readCursor(continuationToken, 3);
  const rows = await listReadableStacks(db, { actor, filter, after, limit: size + 1 });
  const { page, ...next } = pageOf(rows, size, ({ organization, project, name }) => [organization, project, name]);
  const ends = await readEnds(
    db,
    page.flatMap(({ lastUpdateId }) => lastUpdateId ?? []),
  );
  const counts = await readResourceCounts(
    db,
    page.map(({ id }) => id),
  );
  return {
    stacks: page.map(({ lastUpdateId, ...stack }) => ({
      ...stack,
      lastUpdate: lastUpdateId === null ? undefined : ends.get(lastUpdateId),
      resourceCount: counts.get(stack.id),
    })),
    ...next,
  };
}
