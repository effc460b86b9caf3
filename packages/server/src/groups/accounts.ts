import type { OrgCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { requireGroup } from "./edit.ts";
import { readExpression } from "./expression.ts";
import { listAccounts } from "./member-queries.ts";
import type { MemberSource } from "./members.ts";

const PAGE = 500;

/**
 * One page of the names of the accounts in a group: those in its list. Rules about accounts are kept and not evaluated, because
 * Quillon knows no accounts but by these names.
 *
 * @throws group_not_found; invalid_input for a token that this server did not issue.
 */
export async function listGroupAccounts(
  ctx: OrgCtx,
  name: string,
  page: { source?: MemberSource | undefined; token?: string | undefined; limit?: number | undefined },
): Promise<{ accounts: string[]; continuationToken: string | undefined }> {
  const { source, limit = PAGE } = page;
  const [after = ""] = readCursor(page.token, 1) ?? [];
  const group = await requireGroup(ctx, name);
  if (source === "rule") return { accounts: [], continuationToken: undefined };
  const found = await listAccounts(ctx.db, group.id, { after, limit: limit + 1 });
  const { page: accounts, ...next } = pageOf(found, limit, (account) => [account]);
  return { accounts, ...next };
}

/**
 * Refuses a rule about accounts that could not be stored. It takes in none.
 *
 * @param rule JSON of an accountMatchRule.
 * @throws match_rule_invalid; invalid_input for a token, because there is no second page.
 */
export function checkAccountRule(rule: string, token: string | undefined): void {
  readCursor(token, 0);
  readExpression("accountMatchRule", rule);
}
