import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { listReadableUnlessAll } from "../stacks/index.ts";
import type { Condition, FilterField } from "./grid.ts";
import { type FindingGroup, groupKey, isNumber, listFindingGroups } from "./group-queries.ts";
import type { RecentKind } from "./recent.ts";
import { readTimed } from "./rule-queries.ts";

const PAGE = 100;
/** A number that is not positive. */
const NEGATED = /^(0|-\d{1,9})$/;

const fields = {
  project: "entityProject",
  stack: "stack",
  pack: "policyPack",
  policy: "policyName",
  group: "policyGroupName",
  severity: "severity",
  status: "status",
  assignee: "assignedTo",
  urn: "resourceURN",
} as const satisfies Record<string, FilterField>;

/** Which findings are grouped: those that have one of the values of each. */
type GroupFilter = { [name in keyof typeof fields]?: string | readonly string[] | undefined };

/**
 * One page of the findings of the stacks that the caller may read, with one row for all stacks of a project that have the same.
 *
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readFindingGroups(
  ctx: OrgCtx,
  wish: GroupFilter & {
    closed?: boolean | undefined;
    recent?: RecentKind | undefined;
    overdue?: boolean | undefined;
    continuationToken?: string | undefined;
  },
): Promise<{ groups: FindingGroup[]; continuationToken: string | undefined }> {
  const { closed = false, recent, overdue = false, continuationToken, ...filter } = wish;
  const after = readCursor(continuationToken, groupKey.length);
  if (after && groupKey.some((key, n) => isNumber(key) && !NEGATED.test(after[n] ?? "")))
    throw newError("invalid_input", { problem: "continuation_token" });
  const rows = await listFindingGroups(ctx.db, {
    organizationId: ctx.org.id,
    stackIds: await listReadableUnlessAll(ctx, { removed: closed }),
    closed,
    ...(await readTimed(ctx.db, ctx.org.id, { recent, overdue })),
    where: conditionOf(filter),
    after,
    limit: PAGE + 1,
  });
  const groups = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? groups.at(-1) : undefined;
  return { groups, continuationToken: last && writeCursor(groupKey.map((key) => String(last[key]))) };
}

function conditionOf(filter: GroupFilter): Condition {
  const all = Object.entries(fields).flatMap(([name, field]): Condition[] => {
    const values = filter[name as keyof GroupFilter];
    return values === undefined ? [] : [{ any: [values].flat().map((value) => ({ field, value })) }];
  });
  return { all };
}
