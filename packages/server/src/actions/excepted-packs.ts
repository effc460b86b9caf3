import type { GroupMode } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { type RequiredPack, requiredPolicies } from "../enforcement/index.ts";
import { type ActiveOfPack, readActive } from "../exceptions/index.ts";

/** A pack that a stack must run, with the exceptions from it that are in effect for the stack. */
export interface ExceptedPack extends RequiredPack, ActiveOfPack {}

/** Adds the exceptions that are in effect at this moment. */
export async function withExceptions(
  { db, org, stack }: StackCtx,
  packs: readonly RequiredPack[],
): Promise<ExceptedPack[]> {
  const active = await readActive(db, { organizationId: org.id, stack });
  return packs.map((pack) => ({ ...pack, ...(active.get(pack.name) ?? { exceptions: [], unapplied: [] }) }));
}

/** What the stack's next update must run, as `requiredPolicies`, and what is let through. @throws stack_not_found */
export async function readRequired(ctx: StackCtx, mode?: GroupMode): Promise<ExceptedPack[]> {
  return withExceptions(ctx, await requiredPolicies(ctx, mode));
}
