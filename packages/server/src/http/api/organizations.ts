import { changeRights } from "../../actions/change-rights.ts";
import { createOrganization } from "../../actions/create-organization.ts";
import { editOrganization, type Organization, readOrganization } from "../../people/index.ts";
import type { Handlers } from "../route.ts";

export const organizationHandlers = {
  "POST /api/quillon/orgs": async (ctx, { body }) => organizationOf(await createOrganization(ctx, body.name)),
  "GET /api/quillon/orgs/{orgName}": async ({ db, org }) => organizationOf(await readOrganization(db, org.id)),
  "PATCH /api/quillon/orgs/{orgName}": async (ctx, { body }) =>
    organizationOf(
      await changeRights(ctx, (tx) => editOrganization(tx, { defaultPermission: body.defaultStackPermission })),
    ),
} satisfies Partial<Handlers>;

function organizationOf({ name, created, defaultPermission }: Organization) {
  return { name, created: created.toISOString(), defaultStackPermission: defaultPermission };
}
