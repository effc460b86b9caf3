import { type Access, fail } from "@quillon/contract";
import type { FastifyRequest } from "fastify";
import type { Ctx, LeaseCtx, OrgCtx, StackCtx, UserCtx } from "../context.ts";
import { findActor, findMembership, lacking } from "../people/index.ts";
import { findStack } from "../stacks/index.ts";
import { findLease } from "../updates/index.ts";

interface PathParams {
  orgName?: string;
  projectName?: string;
  stackName?: string;
  updateID?: string;
}

/** Establishes who calls, and that they may, before the body is read. What they may not see looks like nothing there. */
export async function admit(ctx: Ctx, access: Access, request: FastifyRequest): Promise<Ctx> {
  const params = request.params as PathParams;
  if (access === "public" || access === "signed") return ctx;
  if (access === "lease") return withLease(ctx, request, params);
  const user = await withActor(ctx, request);
  if (access === "user") return user;
  const member = await withOrg(user, params.orgName ?? "");
  const scope = access.startsWith("stack:") ? await withStack(member, params) : member;
  const need = lacking(access, member.org.role);
  if (need) throw fail("forbidden", { need });
  return scope;
}

async function withActor(ctx: Ctx, request: FastifyRequest): Promise<UserCtx> {
  const token = credential(request, "token");
  const actor = token && (await findActor(ctx.db, token));
  if (!actor) throw fail("unauthorized", {});
  return { ...ctx, actor };
}

async function withOrg(ctx: UserCtx, organization: string): Promise<OrgCtx> {
  const org = await findMembership(ctx.db, ctx.actor.userId, organization);
  if (!org) throw fail("organization_not_found", { organization });
  return { ...ctx, org };
}

async function withStack(ctx: OrgCtx, { projectName = "", stackName = "" }: PathParams): Promise<StackCtx> {
  const stack = await findStack(ctx.db, ctx.org.id, projectName, stackName);
  if (!stack) throw fail("stack_not_found", { stack: `${ctx.org.name}/${projectName}/${stackName}` });
  return { ...ctx, stack };
}

async function withLease(ctx: Ctx, request: FastifyRequest, params: PathParams): Promise<LeaseCtx> {
  const token = credential(request, "update-token");
  const { orgName = "", projectName = "", stackName = "", updateID = "" } = params;
  const lease = token && (await findLease(ctx.db, { orgName, projectName, stackName, updateID, token }));
  if (!lease) throw fail("unauthorized", {});
  return { ...ctx, lease };
}

/** The credential of the wanted scheme: Pulumi's clients send `token …`, a running update `update-token …`. */
function credential(request: FastifyRequest, scheme: string): string | undefined {
  const [given, value] = (request.headers.authorization ?? "").split(" ");
  return given?.toLowerCase() === scheme && value ? value : undefined;
}
