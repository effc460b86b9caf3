import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import type { ExceptionRules } from "./rule.ts";
import { lockRules, readRules, setRules } from "./rule-queries.ts";

export function readExceptionRules({ db, org }: OrgCtx): Promise<ExceptionRules> {
  return readRules(db, org.id);
}

/**
 * Exceptions that there are stay as they are.
 *
 * @param isSeen whether the caller knows what is allowed now, which theirs takes the place of.
 * @throws exception_rule_changed when they do not.
 */
export function setExceptionRules(
  ctx: OrgCtx,
  wanted: ExceptionRules,
  isSeen: (now: ExceptionRules) => boolean,
): Promise<ExceptionRules> {
  const { approval, longestHours, endRequired, forbiddenFrom } = wanted;
  const rules = { approval, longestHours, endRequired, forbiddenFrom };
  return transaction(ctx, async (tx) => {
    const { last: _, ...before } = await lockRules(tx.db, tx.org.id);
    // First, because the same request may come a second time, when the reply to the first was lost.
    if (writeJson(before) === writeJson(rules)) return rules;
    if (!isSeen(before)) throw newError("exception_rule_changed", { organization: tx.org.name });
    await setRules(tx.db, tx.org.id, rules);
    await recordAudit(tx, {
      event: "Exception Rule Changed",
      description: `What is allowed of policy exceptions: ${described(rules)}`,
      before: writeJson(before),
      after: writeJson(rules),
    });
    return rules;
  });
}

function described({ approval, longestHours, endRequired, forbiddenFrom }: ExceptionRules): string {
  const bounds = [
    approval && "somebody else must agree",
    longestHours !== null && `at most ${longestHours} hours`,
    endRequired && longestHours === null && "an end is needed",
    forbiddenFrom && `none from severity ${forbiddenFrom} on`,
  ].filter(Boolean);
  return bounds.length > 0 ? bounds.join(", ") : "everything";
}
