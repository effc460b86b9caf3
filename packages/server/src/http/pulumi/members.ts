import { newError, type Role } from "@quillon/contract";
import { changeRights } from "../../actions/change-rights.ts";
import type { OrgCtx } from "../../context.ts";
import { addMember, changeRole, type Member, readMembers, removeMember } from "../../people/index.ts";
import type { Handlers } from "../route.ts";
import { linksTo, pulumiRole, userInfo } from "./shapes.ts";

export const roleNames: Record<Role, string> = { admin: "Admin", "policy-manager": "Policy manager", member: "Member" };

/** Newer CLIs call these routes: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go#L1814 */
export const memberHandlers = {
  "GET /api/orgs/{orgName}/members": async (ctx, { query }) => {
    const { members, continuationToken } = await readMembers(ctx, query);
    return { members: members.map((member) => memberOf(ctx, member)), ...(continuationToken && { continuationToken }) };
  },
  "POST /api/orgs/{orgName}/members/{userLogin}": async (ctx, { params, body }) =>
    memberOf(ctx, await addMember(ctx, { login: params.userLogin, role: body.role })),
  "PATCH /api/orgs/{orgName}/members/{userLogin}": async (ctx, { params, body }) => {
    const role = body.fgaRoleId ?? body.role;
    if (!role) throw newError("invalid_input", { problem: "role_missing" });
    await changeRights(ctx, (tx) => changeRole(tx, { login: params.userLogin, role }));
    return {};
  },
  "DELETE /api/orgs/{orgName}/members/{userLogin}": async (ctx, { params }) => {
    await changeRights(ctx, (tx) => removeMember(tx, params.userLogin));
    return {};
  },
} satisfies Partial<Handlers>;

/** Pulumi's `role` does not have the role of a policy manager, so it is in `fgaRole`. */
function memberOf(ctx: OrgCtx, { role, created, ...user }: Member) {
  return {
    user: userInfo(user),
    role: pulumiRole(role),
    fgaRole: { id: role, name: roleNames[role], modifiedAt: created.toISOString() },
    created: created.toISOString(),
    knownToPulumi: true,
    virtualAdmin: false,
    links: linksTo(ctx, ctx.org.name, "settings", "members"),
  };
}
