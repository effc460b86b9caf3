import type { GroupMode } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { requiredPacks } from "./required.ts";
import { type EnabledEntry, enabledBy, readGroupsOfStack } from "./stack-policies.ts";

/** A version of a pack that a stack must run, with its configuration. */
export type RequiredPack = EnabledEntry;

/**
 * What the stack must run as it is, without the tags that an update may bring; with `audit`, what its audit groups would run.
 *
 * @throws stack_not_found
 */
export async function requiredPolicies(ctx: StackCtx, mode: GroupMode = "preventative"): Promise<RequiredPack[]> {
  return requiredPacks(enabledBy(await readGroupsOfStack(ctx), mode));
}
