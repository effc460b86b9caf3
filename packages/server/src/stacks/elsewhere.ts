import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { type Elsewhere, findPlace, readBackend } from "./elsewhere-queries.ts";
import { qualifiedName } from "./qualified-name.ts";

/** @throws stack_elsewhere when the stack's state is in another backend. */
export function requireHeld(ctx: StackCtx): Promise<void> {
  return requireBackend(ctx, undefined);
}

/**
 * Makes sure that a request about a stack comes from a client of the backend that has its state.
 *
 * @param said the backend that the client names, as it was told when the stack was registered; a Pulumi CLI that is logged in here
 *   names none.
 * @throws stack_not_found, stack_elsewhere, stack_held
 */
export async function requireBackend(ctx: StackCtx, said: string | undefined): Promise<void> {
  const backend = await readBackend(ctx.db, ctx.stack.id);
  const stack = qualifiedName(ctx);
  if (backend === undefined) throw newError("stack_not_found", { stack });
  if (said === (backend ?? undefined)) return;
  if (backend !== null) throw newError("stack_elsewhere", { stack, backend });
  throw newError("stack_held", { stack });
}

/** Where the stack's state is. @throws stack_not_found, stack_held when it is here. */
export async function readPlace(ctx: StackCtx): Promise<Elsewhere> {
  const stack = qualifiedName(ctx);
  const place = await findPlace(ctx.db, ctx.stack.id);
  if (place === undefined) throw newError("stack_not_found", { stack });
  if (place === null) throw newError("stack_held", { stack });
  return place;
}
