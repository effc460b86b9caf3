import type { Tags } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { eachRow } from "../db/pages.ts";
import { givingWay } from "../give-way.ts";
import { requireGroup } from "./edit.ts";
import { type CandidateStack, listCandidates } from "./member-queries.ts";
import { membershipOf } from "./membership.ts";
import { placeGroup } from "./places.ts";
import { visibility } from "./visibility.ts";

/** Why a stack is in a group. What is in the list is `explicit`, also when the rule is true for it; so is what is in a default group. */
export type MemberSource = "explicit" | "rule";

export interface GroupMember {
  project: string;
  name: string;
  tags: Tags;
  source: MemberSource;
}

export interface MemberPage {
  members: GroupMember[];
  /** Of the next page, if there is one. */
  continuationToken: string | undefined;
}

const PAGE = 500;

/**
 * One page of the stacks that are in a group and that the caller may read, in the order of project and name.
 *
 * @throws group_not_found; invalid_input for a token that this server did not issue.
 */
export async function listMembers(
  ctx: OrgCtx,
  name: string,
  page: { source?: MemberSource | undefined; token?: string | undefined; limit?: number | undefined },
): Promise<MemberPage> {
  const { source, limit = PAGE } = page;
  const start = readCursor(page.token, 2);
  const group = await requireGroup(ctx, name);
  if (source === "rule" && group.stackRule === null) return { members: [], continuationToken: undefined };
  const isShown = await visibility(ctx);
  const ruled = source === "explicit" ? undefined : await placeGroup(ctx, group.id);
  const memberOf = membershipOf(group);
  const members: GroupMember[] = [];
  const candidates = eachRow<CandidateStack>(({ last, limit }) => {
    const after = last ? [last.project, last.name] : start;
    return listCandidates(ctx.db, { organizationId: ctx.org.id, group, ruled, after, limit });
  });
  const giveWay = givingWay();
  for await (const { project, name, tags, listed, id } of candidates) {
    await giveWay();
    const by = memberOf({ project, name, tags }, listed)?.by;
    const found = by === "rule" ? "rule" : "explicit";
    if (!by || (source && found !== source) || !isShown({ id })) continue;
    const last = members.at(-1);
    if (last && members.length === limit) {
      return { members, continuationToken: writeCursor([last.project, last.name]) };
    }
    members.push({ project, name, tags, source: found });
  }
  return { members, continuationToken: undefined };
}
