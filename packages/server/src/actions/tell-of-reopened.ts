import type { Ctx } from "../context.ts";
import type { TellReopened } from "../findings/index.ts";
import { type Announcer, announce, policyViolationKind } from "../notify/index.ts";
import { readOrganization } from "../people/index.ts";

/**
 * Tells webhooks of findings that are open again because of exceptions.
 *
 * @param actor who did it. Not there for what the server does by itself.
 */
export function tellOfReopened(actor?: Announcer["actor"]): TellReopened<Pick<Ctx, "db" | "log" | "url">> {
  return async ({ db, log, url, inTransaction }, { organizationId: id, stack, exceptions, because, changes }) => {
    const { name } = await readOrganization(db, id);
    const announcer = { db, log, url, inTransaction, org: { id, name }, stack, actor };
    await announce(announcer, policyViolationKind, { exceptions: { ids: exceptions, because }, changes });
  };
}
