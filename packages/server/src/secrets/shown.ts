import { recordOnce } from "../audit/index.ts";
import type { StackCtx } from "../context.ts";
import { nameInOrg } from "../stacks/index.ts";

/** Characters of a client's own words that the audit log keeps. */
const WORDS = 100;

/**
 * Records which secret, or which command that showed secrets, a client says that it showed. That something was decrypted has its
 * own event already, because no client has to say anything.
 */
export async function recordShown(ctx: StackCtx, shown: { secret?: string | undefined; command?: string | undefined }) {
  const { secret, command } = shown;
  // Control characters could forge a line where the log is shown.
  const words = (secret ?? command ?? "").slice(0, WORDS).replace(/\p{C}/gu, " ");
  const what = secret === undefined ? `by ${words || "a command"}` : `secret ${words}`;
  await recordOnce(ctx, { event: "Stack Secret Shown", description: `Stack ${nameInOrg(ctx.stack)}: ${what}` });
}
