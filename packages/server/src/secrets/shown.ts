import { recordOnce } from "../audit/index.ts";
import type { StackCtx } from "../context.ts";
import { nameInOrg } from "../stacks/index.ts";

/** Characters of a client's own words that the audit log keeps. */
const WORDS = 100;

/**
 * Records which secret, or which command that showed secrets, a client says that it showed. The event says that it is the client's
 * claim, because the server can't check it: no client has to say anything, and the name can be of no secret. That something was
 * decrypted has an event of its own, which does not depend on the client.
 */
export async function recordShown(ctx: StackCtx, shown: { secret?: string | undefined; command?: string | undefined }) {
  const { secret, command } = shown;
  // Control characters could forge a line where the log is shown.
  const words = (secret ?? command ?? "").slice(0, WORDS).replace(/\p{C}/gu, " ");
  const what =
    secret === undefined
      ? `the command ${words || "(no name)"} showed secrets`
      : `it showed the secret ${words || "(no name)"}`;
  const description = `Stack ${nameInOrg(ctx.stack)}: the client says that ${what}`;
  await recordOnce(ctx, { event: "Stack Secret Shown", description });
}
