import { severities } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import type { OverdueDays } from "./overdue.ts";
import { readOverdueDays, setOverdueDays } from "./rule-queries.ts";

export function readFindingRule({ db, org }: OrgCtx): Promise<OverdueDays> {
  return readOverdueDays(db, org.id);
}

/** It changes which findings are shown as overdue, and nothing else. */
export function setFindingRule(ctx: OrgCtx, { critical, high, medium, low }: OverdueDays): Promise<void> {
  const wanted = { critical, high, medium, low };
  return transaction(ctx, async (tx) => {
    const before = await readOverdueDays(tx.db, tx.org.id);
    if (severities.every((severity) => before[severity] === wanted[severity])) return;
    await setOverdueDays(tx.db, tx.org.id, wanted);
    await recordAudit(tx, {
      event: "Finding Rule Changed",
      description: `When findings are overdue: ${described(wanted)}`,
      before: writeJson(before),
      after: writeJson(wanted),
    });
  });
}

const described = (days: OverdueDays) =>
  severities
    .toReversed()
    .map((severity) => `${severity} ${days[severity] === null ? "never" : `after ${days[severity]} days`}`)
    .join(", ");
