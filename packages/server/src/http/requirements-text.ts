import { newError } from "@quillon/contract";
import { CLOCKS_APART_MS, REQUIREMENTS } from "@quillon/contract/requirements";
import type { exportRequirements } from "../actions/export-requirements.ts";
import type { StackCtx } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { qualifiedName } from "../stacks/index.ts";
import { requiredPolicyOf } from "./pulumi/required-policies.ts";

const FORMAT = 1;

/** The text of a stack's requirements, with what a client needs to run its packs, and what is recorded with an update that did. */
export function writeRequirements(
  ctx: StackCtx,
  { place, made, expires, required, recorded }: Awaited<ReturnType<typeof exportRequirements>>,
): string {
  const packs = required.map((pack) => {
    // A download URL lets its holder read the pack for a day.
    const { packLocation: _, exceptions: __, displayName: ___, ...told } = requiredPolicyOf(ctx, pack, true);
    return { ...told, archiveSha256: pack.sha256 };
  });
  return writeJson({
    requirements: FORMAT,
    organization: { id: ctx.org.id, name: ctx.org.name },
    stack: { id: ctx.stack.id, project: ctx.stack.project, name: ctx.stack.name },
    place,
    made,
    expires,
    madeBy: ctx.actor.login,
    packs,
    // As text, so that whoever reads it changes no number of a configuration.
    recorded: writeJson(recorded),
  });
}

export function signRequirements({ keys }: StackCtx, text: string): string {
  return keys.receipts.sign(REQUIREMENTS + text).toString("base64");
}

/**
 * Reads the requirements that a run of the stack was based on.
 *
 * @param moment when it was.
 * @throws requirements_refused
 */
export function readRequirements(
  ctx: StackCtx,
  { text, signature, moment }: { text: string; signature: string; moment: Date },
): { made: string; expires: string; recorded: string } {
  if (!ctx.keys.receipts.verify(REQUIREMENTS + text, Buffer.from(signature, "base64")))
    throw newError("requirements_refused", { problem: "signature" });
  const { organization, stack, made, expires, recorded } = JSON.parse(text);
  if (stack.id !== ctx.stack.id) {
    const named = `${organization.name}/${stack.project}/${stack.name}`;
    throw newError("requirements_refused", { problem: "stack", stack: qualifiedName(ctx), made: named });
  }
  if (moment.getTime() < Date.parse(made) - CLOCKS_APART_MS)
    throw newError("requirements_refused", { problem: "early", made });
  if (moment > new Date(expires)) throw newError("requirements_refused", { problem: "expired", expires });
  return { made, expires, recorded };
}
