import type { OrgCtx } from "../context.ts";
import { pageOf, readTimeCursor } from "../cursor.ts";
import { type DeletedStack, listDeleted } from "./deleted-queries.ts";

const PAGE = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

interface DeletedPage {
  /** Newest first, each with the time until which it can be restored. */
  stacks: (DeletedStack & { until: Date })[];
  continuationToken: string | undefined;
}

/** @throws invalid_input */
export async function listDeletedStacks(
  { db, org, server }: OrgCtx,
  { continuationToken: token }: { continuationToken?: string },
): Promise<DeletedPage> {
  const days = server.keeps.deletedStacksDays;
  const rows = await listDeleted(db, {
    organizationId: org.id,
    days,
    after: readTimeCursor(token),
    limit: PAGE + 1,
  });
  const { page, continuationToken } = pageOf(rows, PAGE, ({ at, id }) => [at, id]);
  const stacks = page.map((stack) => ({ ...stack, until: new Date(stack.deletedAt.getTime() + days * DAY_MS) }));
  return { stacks, continuationToken };
}
