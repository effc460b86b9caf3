import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, type StackRef, transaction } from "../context.ts";
import { continueWithdrawing } from "../findings/index.ts";
import { announce, stackKind } from "../notify/index.ts";
import { forgetDeleted, forgetRemoved, lockDeleted, nameInOrg, qualifiedName, reinsertStack } from "../stacks/index.ts";
import { attachStates } from "../state/index.ts";
import { attachUpdates } from "../updates/index.ts";

/**
 * Makes a stack of a deleted one again, with its key, its tags, its states and its history. What others have said of it does not come back:
 * permissions of teams, lists of policy groups, webhooks. Its findings stay withdrawn until a run finds them again.
 *
 * @throws deleted_stack_not_found, deleted_stack_name_taken
 */
export async function restoreStack(ctx: OrgCtx, id: string): Promise<StackRef> {
  // Before its row is there, because what is left of its findings would count as open then.
  await continueWithdrawing(ctx);
  return transaction(ctx, async (tx) => {
    const { db, org, server } = tx;
    const stack = await lockDeleted(db, { organizationId: org.id, days: server.keeps.deletedStacksDays, id });
    if (!stack) throw newError("deleted_stack_not_found", { id });
    if (!(await reinsertStack(db, id)))
      throw newError("deleted_stack_name_taken", { stack: qualifiedName({ org, stack }) });
    await attachUpdates(db, id);
    await attachStates(db, id);
    await forgetRemoved(db, [id]);
    await forgetDeleted(db, id);
    await recordAudit(tx, { event: "Stack Restored", description: `Stack ${nameInOrg(stack)}` });
    await announce({ ...tx, stack }, stackKind, { action: "created" });
    return stack;
  });
}
