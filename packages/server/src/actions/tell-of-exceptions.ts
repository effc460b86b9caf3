import type { Ctx } from "../context.ts";
import { tellOfEnds } from "../exceptions/index.ts";
import { announce, policyExceptionKind } from "../notify/index.ts";
import { readOrganization } from "../people/index.ts";

/** Marks the policy exceptions that have ended, and tells webhooks of these and of those that soon end. */
export function tellOfExceptions(ctx: Pick<Ctx, "db" | "log" | "url">): Promise<void> {
  const names = new Map<string, string>();
  return tellOfEnds(ctx, async (tx, told) => {
    const { organizationId: id } = told;
    const name = names.get(id) ?? (await readOrganization(tx.db, id)).name;
    names.set(id, name);
    await announce({ ...tx, org: { id, name } }, policyExceptionKind, told);
  });
}
