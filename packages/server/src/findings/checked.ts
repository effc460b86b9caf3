import type { Checked, Report } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type StackCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { keepStack, nameInOrg, readPlace } from "../stacks/index.ts";
import { findCheck, putCheck } from "./checked-queries.ts";

/** What policies said of the state of a stack elsewhere when somebody looked at it. It enforced nothing. */
interface StackCheck {
  at: Date;
  by: { login: string; name: string } | undefined;
  report: Report;
}

/**
 * Stores what somebody says of the state of a stack elsewhere. Nothing else reads it: whoever sends it could say anything, so it is no
 * proof of a run, and opens and ends no finding.
 *
 * @throws stack_not_found, stack_held
 */
export function storeCheck(ctx: StackCtx, checked: Checked): Promise<void> {
  const { mandatory, advisory } = countsOf(checked);
  return transaction(ctx, async (tx) => {
    await keepStack(tx);
    await readPlace(tx);
    await putCheck(tx.db, {
      ...{ stackId: tx.stack.id, userId: tx.actor.userId },
      ...{ at: new Date(), said: writeJson(checked) },
    });
    await recordAudit(tx, {
      event: "Stack Checked",
      description: `Stack ${nameInOrg(tx.stack)}: ${mandatory} mandatory and ${advisory} advisory violations in its state, not enforced`,
      after: writeJson({ packs: checked.packs.map(({ name, version }) => `${name} ${version}`) }),
    });
  });
}

export async function readCheck({ db, org, stack }: StackCtx): Promise<StackCheck | undefined> {
  const found = await findCheck(db, stack.id);
  if (!found) return undefined;
  const { at, said, login, name } = found;
  const report = {
    organization: org.name,
    stack: { project: stack.project, name: stack.name },
    counts: countsOf(said),
    leftOut: said.leftOut,
    packs: said.packs.map(({ policies, ...pack }) => ({
      ...pack,
      required: true,
      policies: policies.map((policy) => ({ ...policy, accepted: 0 })),
    })),
    results: said.results.map((result) => ({ ...result, project: stack.project, stack: stack.name })),
  };
  return { at, by: login === null ? undefined : { login, name: name ?? "" }, report };
}

function countsOf({ packs }: Checked): Report["counts"] {
  const counts = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
  for (const policy of packs.flatMap(({ policies }) => policies)) for (const key of COUNTED) counts[key] += policy[key];
  return counts;
}

const COUNTED = ["mandatory", "advisory", "excepted", "remediated", "notEvaluated", "passed"] as const;
