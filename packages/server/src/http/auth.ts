import { type Access, newError } from "@quillon/contract";
import type { FastifyRequest } from "fastify";
import type { Ctx, LeaseCtx, OrgCtx, StackCtx, TeamCtx, UserCtx } from "../context.ts";
import {
  type CallerRights,
  findActor,
  findMembership,
  hasAccess,
  meantOrganization,
  noteUse,
  type ScopedAccess,
} from "../people/index.ts";
import { findStack, qualifiedName } from "../stacks/index.ts";
import { requireTeam } from "../teams/index.ts";
import { findLease } from "../updates/index.ts";
import { credential } from "./credential.ts";
import { noteFailedSignIn } from "./refusals.ts";
import { callerToken, requireOwnOrigin } from "./session-cookie.ts";

interface PathParams {
  orgName?: string;
  projectName?: string;
  stackName?: string;
  teamName?: string;
  updateID?: string;
}

/**
 * Finds out who the caller is and checks their access, before the body is read. To a caller who may not see a thing, the
 * thing does not exist.
 *
 * @throws unauthorized, cross_origin, forbidden, organization_not_found, team_not_found, stack_not_found, update_renamed
 */
export async function authorize(ctx: Ctx, access: Access, request: FastifyRequest): Promise<Ctx> {
  const params = request.params as PathParams;
  if (access === "public" && ctx.proxyLogin !== undefined) requireOwnOrigin(request, ctx.url);
  if (access === "public" || access === "signed") return ctx;
  if (access === "lease") return withLease(ctx, request, params);
  const user = await withActor(ctx, request);
  if (access === "user") return user;
  if (access === "person" || access === "site:admin") return ownPerson(user, access);
  const member = await withOrg(user, params.orgName ?? "");
  const { scope, rights } = await withScope(member, access, params);
  if (hasAccess(access, rights)) return scope;
  // The one who is refused is named in the access log and in the audit log.
  request.ctx = scope;
  throw newError("forbidden", { problem: access });
}

async function withActor(ctx: Ctx, request: FastifyRequest): Promise<UserCtx> {
  const token = callerToken(request.headers);
  const found = token && (await findActor(ctx.db, token));
  if (!found) {
    if (token) await noteFailedSignIn(ctx, token);
    throw newError("unauthorized", {});
  }
  // Who has signed in to the proxy as somebody else, or out of it, has to be signed in again here.
  const { signedInByProxy, login } = found.actor;
  if (signedInByProxy && ctx.proxyLogin !== login) throw newError("unauthorized", {});
  requireOwnOrigin(request, ctx.url);
  if (found.unnoted) {
    // The request does not wait for this and does not fail if this fails.
    noteUse(ctx.db, found.actor.tokenId).catch((err: unknown) => ctx.log.error({ err }, "a token's use was not noted"));
  }
  return { ...ctx, actor: found.actor };
}

function ownPerson(ctx: UserCtx, access: "person" | "site:admin"): UserCtx {
  if (ctx.actor.scope) throw newError("forbidden", { problem: "person" });
  if (access === "site:admin" && !ctx.actor.siteAdmin) throw newError("forbidden", { problem: access });
  return ctx;
}

async function withOrg(ctx: UserCtx, organization: string): Promise<OrgCtx> {
  const org = await findMembership(ctx.db, ctx.actor, await meantOrganization(ctx.db, ctx.actor, organization));
  if (!org) throw newError("organization_not_found", { organization });
  return { ...ctx, org };
}

/** The team or stack in the path, if there is one, and the caller's rights. */
async function withScope(
  ctx: OrgCtx,
  access: ScopedAccess,
  params: PathParams,
): Promise<{ scope: OrgCtx; rights: CallerRights }> {
  const { role } = ctx.org;
  if (access === "team:admin") {
    const team = await requireTeam(ctx, params.teamName ?? "");
    return { scope: { ...ctx, team } as TeamCtx, rights: { role, teamAdmin: team.userRole === "admin" } };
  }
  if (!access.startsWith("stack:")) return { scope: ctx, rights: { role } };
  const { projectName = "", stackName = "" } = params;
  const found = await findStack(ctx, { project: projectName, name: stackName });
  if (!found) {
    const stack = { project: projectName, name: stackName };
    throw newError("stack_not_found", { stack: qualifiedName({ ...ctx, stack }) });
  }
  const { stack, permission } = found;
  return { scope: { ...ctx, stack } as StackCtx, rights: { role, permission } };
}

async function withLease(ctx: Ctx, request: FastifyRequest, params: PathParams): Promise<LeaseCtx> {
  const token = credential(request.headers, "update-token");
  const {
    orgName: organization = "",
    projectName: project = "",
    stackName: stack = "",
    updateID: updateId = "",
  } = params;
  const lease = token && (await findLease(ctx, { organization, project, stack, updateId, token }));
  if (!lease) throw newError("unauthorized", {});
  return { ...ctx, lease };
}
