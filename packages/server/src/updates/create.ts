import { fail } from "@quillon/contract";
import { type StackCtx, transaction } from "../context.ts";
import { requiredPolicies } from "../groups/index.ts";
import { insertUpdate } from "./queries.ts";

export interface UpdateRequest {
  kind: "update" | "preview" | "refresh" | "destroy";
  options?: { dryRun?: boolean };
  config?: unknown;
  metadata?: { message?: string; environment?: Record<string, string> };
}

/**
 * Makes an update that waits to be started, and settles which policy packs it must run: nothing that is enabled later
 * changes that. An update without a known answer is never made, for "none" would be a hole in the fence.
 *
 * @throws required_policies_unknown
 */
export function createUpdate(ctx: StackCtx, { kind, options, config, metadata }: UpdateRequest) {
  return transaction(ctx, async (trx) => {
    const required = await settlePolicies(trx);
    const updateID = await insertUpdate(trx.db, {
      stackId: ctx.stack.id,
      kind,
      dryRun: options?.dryRun ?? false,
      userId: ctx.actor.userId,
      message: metadata?.message ?? "",
      environment: metadata?.environment ?? {},
      config: config ?? {},
      // Without the URL, which lets its holder download the pack for a day: no column holds what opens a door.
      requiredPolicies: required.map(({ packLocation: _, ...policy }) => policy),
    });
    return { updateID, requiredPolicies: required };
  });
}

async function settlePolicies(trx: StackCtx) {
  try {
    return await requiredPolicies(trx);
  } catch (error) {
    trx.log.error({ err: error, stack: trx.stack.id }, "the required policies could not be computed");
    throw fail("required_policies_unknown", {});
  }
}
