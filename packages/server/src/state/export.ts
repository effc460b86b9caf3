import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { qualifiedName, readStack, requireHeld } from "../stacks/index.ts";
import { readState } from "./read.ts";
import { open } from "./store.ts";

/**
 * The state of a stack that has none. The CLI refuses a state without a version and a deployment:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/stack/deployment.go#L320
 */
export const EMPTY = gzipSync(
  '{"version":3,"deployment":{"manifest":{"time":"0001-01-01T00:00:00Z","magic":"","version":""}}}',
);

/**
 * The newest state that was accepted, gzipped, even while an update runs or after one that failed.
 *
 * @throws stack_elsewhere, state_missing, state_damaged
 */
export async function exportState(ctx: StackCtx): Promise<Readable> {
  await requireHeld(ctx);
  return openNewest(ctx);
}

/**
 * The state after the update with that version, gzipped. Version 0 is before the first update.
 *
 * @throws stack_elsewhere, stack_version_not_found, state_removed, state_missing, state_damaged
 */
export async function exportVersion(ctx: StackCtx, version: number): Promise<Readable> {
  await requireHeld(ctx);
  const row = await readStack(ctx.db, ctx.stack.id);
  if (!row || version > row.version) {
    throw newError("stack_version_not_found", { stack: qualifiedName(ctx), version: String(version) });
  }
  return openNewest(ctx, version);
}

async function openNewest(ctx: StackCtx, version?: number): Promise<Readable> {
  const of = { stackId: ctx.stack.id, version };
  const state = await readState(ctx, of);
  if (!state) return Readable.from([EMPTY], { objectMode: false });
  try {
    return await open(ctx, state);
  } catch (error) {
    // It may have been replaced or removed since, and its blob removed.
    const now = await readState(ctx, of);
    if (!now || now.revision === state.revision) throw error;
    return open(ctx, now);
  }
}
