import { type OrgCtx, transaction } from "../context.ts";
import { type Exception, removeException as remove } from "../exceptions/index.ts";
import { openUnexcepted } from "../findings/index.ts";
import { tellOfReopened } from "./tell-of-reopened.ts";

/**
 * Makes an exception have no effect from the next update on, opens the findings that only it let through (of very many the first, and `regularly` the rest), and tells webhooks of these.
 *
 * @throws exception_not_found, exception_removed when it was removed before, or has ended.
 */
export function removeException(ctx: OrgCtx, id: string): Promise<Exception> {
  return transaction(ctx, async (tx) => {
    const exception = await remove(tx, id);
    await openUnexcepted(tx, id, tellOfReopened(tx.actor));
    return exception;
  });
}
