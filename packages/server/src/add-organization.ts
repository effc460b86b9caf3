import { transaction, type UserCtx } from "./context.ts";
import { makeOrganization } from "./groups/index.ts";
import { describeOrganization, insertMember } from "./people/index.ts";

/** Makes an organization with the caller as its admin. @throws organization_exists */
export function addOrganization(ctx: UserCtx, name: string) {
  return transaction(ctx, async ({ db, actor }) => {
    const id = await makeOrganization(db, name);
    await insertMember(db, { organization_id: id, user_id: actor.userId, role: "admin" });
    return describeOrganization(db, id);
  });
}
