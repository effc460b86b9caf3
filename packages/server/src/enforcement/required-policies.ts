import type { GroupMode } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { requiredPacks } from "./required.ts";
import { type EnabledEntry, readStackPolicies } from "./stack-policies.ts";

/** A version of a pack that a stack must run, with its configuration. */
export type RequiredPack = EnabledEntry;

/**
 * What the stack's next update must run; with `audit`, what its audit groups would run.
 *
 * @throws stack_not_found
 */
export async function requiredPolicies(ctx: StackCtx, mode: GroupMode = "preventative"): Promise<RequiredPack[]> {
  const { groups } = await readStackPolicies(ctx);
  return requiredPacks(groups.filter((group) => group.mode === mode).flatMap(({ packs }) => packs));
}
