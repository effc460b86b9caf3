import { isUuid, newError } from "@quillon/contract";
import { type OrgCtx, type Tx, transaction } from "../context.ts";
import { hasAccess } from "../people/index.ts";
import { type ExceptionRequestRow, listRequests, lockRequest } from "./request-queries.ts";

/** Whether the caller decides on exceptions, and so sees what others ask for. */
export const decides = ({ org }: OrgCtx) => hasAccess("org:policy", { role: org.role });

/** Which requests the caller may see: all for a policy manager, and their own for others. */
export function seenBy(ctx: OrgCtx) {
  return { organizationId: ctx.org.id, authorId: decides(ctx) ? undefined : ctx.actor.userId };
}

/** @throws exception_request_not_found */
export async function findRequest(ctx: OrgCtx, id: string): Promise<ExceptionRequestRow> {
  const [found] = isUuid(id) ? await listRequests(ctx.db, { ...seenBy(ctx), id, limit: 1 }) : [];
  if (!found) throw newError("exception_request_not_found", { id, organization: ctx.org.name });
  return found;
}

/**
 * Does something with a request that nobody else changes meanwhile.
 *
 * @throws exception_request_not_found
 */
export function withRequest<T>(
  ctx: OrgCtx,
  id: string,
  work: (tx: Tx<OrgCtx>, request: ExceptionRequestRow) => Promise<T>,
): Promise<T> {
  return transaction(ctx, async (tx) => {
    await findRequest(tx, id);
    await lockRequest(tx.db, id);
    return work(tx, await findRequest(tx, id));
  });
}
