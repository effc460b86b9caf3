import { fail } from "@quillon/contract";
import { addMember, changeRole, readMembers, removeMember } from "../../people/index.ts";
import type { Handlers } from "../route.ts";

export const memberHandlers = {
  "GET /api/orgs/{orgName}/members": (ctx, { query }) => readMembers(ctx, query.continuationToken),
  "POST /api/orgs/{orgName}/members/{userLogin}": (ctx, { params, body }) =>
    addMember(ctx, params.userLogin, body.role),
  "PATCH /api/orgs/{orgName}/members/{userLogin}": async (ctx, { params, body }) => {
    const role = body.fgaRoleId ?? body.role;
    if (!role) throw fail("invalid_input", { where: "body", problem: "it names neither role nor fgaRoleId" });
    await changeRole(ctx, params.userLogin, role);
    return {};
  },
  "DELETE /api/orgs/{orgName}/members/{userLogin}": async (ctx, { params }) => {
    await removeMember(ctx, params.userLogin);
    return {};
  },
} satisfies Partial<Handlers>;
