import { editGroup, listGroups } from "../../groups/index.ts";
import type { Handlers } from "../route.ts";

export const policyGroupHandlers = {
  "GET /api/orgs/{orgName}/policygroups": async (ctx) => ({ policyGroups: await listGroups(ctx) }),
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params, body }) => {
    await editGroup(ctx, params.policyGroup, body);
    return {};
  },
} satisfies Partial<Handlers>;
