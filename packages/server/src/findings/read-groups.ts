import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { type FindingGroup, type GroupFilter, groupKey, listFindingGroups } from "./group-queries.ts";

const PAGE = 100;
/** Two small numbers, which are not positive, and texts. */
const KEY = [/^(0|-\d{1,9})$/, /^(0|-\d{1,9})$/];

/**
 * One page of the findings of the stacks that the caller may read, with one row for all stacks of a project that have the same.
 *
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readFindingGroups(
  { db, actor, org }: OrgCtx,
  { continuationToken, ...filter }: GroupFilter & { continuationToken?: string | undefined },
): Promise<{ groups: FindingGroup[]; continuationToken: string | undefined }> {
  const after = readCursor(continuationToken, groupKey.length);
  for (const [n, form] of KEY.entries()) {
    if (after && !form.test(after[n] ?? "")) throw newError("invalid_input", { problem: "continuation_token" });
  }
  const rows = await listFindingGroups(db, { actor, organizationId: org.id, ...filter, after, limit: PAGE + 1 });
  const groups = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? groups.at(-1) : undefined;
  return { groups, continuationToken: last && writeCursor(groupKey.map((key) => String(last[key]))) };
}
