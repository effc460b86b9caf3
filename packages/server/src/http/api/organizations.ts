import { addOrganization } from "../../add-organization.ts";
import { describeOrganization, editOrganization } from "../../people/index.ts";
import type { Handlers } from "../route.ts";

export const organizationHandlers = {
  "POST /api/quillon/orgs": (ctx, { body }) => addOrganization(ctx, body.name),
  "GET /api/quillon/orgs/{orgName}": ({ db, org }) => describeOrganization(db, org.id),
  "PATCH /api/quillon/orgs/{orgName}": (ctx, { body }) => editOrganization(ctx, body),
} satisfies Partial<Handlers>;
