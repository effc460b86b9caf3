import { newError } from "@quillon/contract";
import type { Lease } from "../context.ts";

/** @throws update_elsewhere when the state of the update's stack is in another backend. */
export function requireHere({ updateId: update, backend }: Lease): void {
  if (backend !== null) throw newError("update_elsewhere", { update, backend });
}
