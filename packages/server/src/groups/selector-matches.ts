import type { Selector } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { eachStack } from "./member-queries.ts";
import type { GroupStack } from "./read.ts";
import { parseSelector } from "./selector.ts";

const PAGE = 500;

/**
 * One page of the stacks that a selector matches, in the order of project and name.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws selector_invalid; invalid_input for a token that this server did not issue.
 */
export async function listMatches(
  { db, org }: OrgCtx,
  selector: Selector,
  token?: string,
): Promise<{ stacks: GroupStack[]; continuationToken: string | undefined }> {
  const matcher = parseSelector(selector);
  const [project, name] = readCursor(token, 2) ?? [];
  const after = project !== undefined && name !== undefined ? ([project, name] as const) : undefined;
  const stacks: GroupStack[] = [];
  for await (const stack of eachStack(db, { organizationId: org.id, after })) {
    if (!matcher.reasons(stack)) continue;
    const last = stacks.at(-1);
    if (last && stacks.length === PAGE) return { stacks, continuationToken: writeCursor([last.project, last.name]) };
    stacks.push(stack);
  }
  return { stacks, continuationToken: undefined };
}
