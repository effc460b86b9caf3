import type { FastifyRequest } from "fastify";
import { recordOnce } from "../audit/index.ts";
import type { Ctx, OrgCtx, StackCtx, TeamCtx } from "../context.ts";
import { recordFailedSignIn } from "../people/index.ts";
import { nameInOrg } from "../stacks/index.ts";

/**
 * Records in the organization's audit log that a member was refused what they have no right to. What they named themselves, such
 * as a login, is not in it: only what exists, so that nobody can fill the log with names.
 */
export async function noteDenial({ ctx, log, routeOptions }: FastifyRequest): Promise<void> {
  const { org, actor, stack, team } = (ctx ?? {}) as Partial<StackCtx & TeamCtx>;
  if (!org || !actor) return;
  const of = stack ? ` of stack ${nameInOrg(stack)}` : team ? ` of team ${team.name}` : "";
  const description = `${routeOptions.config.key}${of}`;
  await safely(log, recordOnce({ ...ctx, org, actor } satisfies OrgCtx, { event: "Access Denied", description }));
}

/** Records that a token was refused, where it can be said whose it is. */
export async function noteFailedSignIn(ctx: Ctx, token: string): Promise<void> {
  await safely(ctx.log, recordFailedSignIn(ctx, token));
}

/** A refusal stays a refusal when it can't be recorded. */
async function safely(log: Ctx["log"], recording: Promise<void>): Promise<void> {
  await recording.catch((err: unknown) => log.error({ err }, "a refusal could not be recorded in the audit log"));
}
