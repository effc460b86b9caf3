import { newError } from "@quillon/contract";
import { MOST_DAYS } from "@quillon/contract/requirements";
import { recordAudit } from "../audit/index.ts";
import { type StackCtx, transaction } from "../context.ts";
import type { BroughtTags } from "../enforcement/index.ts";
import { writeJson } from "../json/write.ts";
import { type Elsewhere, nameInOrg, readPlace } from "../stacks/index.ts";
import type { RecordedPack } from "../updates/index.ts";
import { decidePolicies, recordsOf } from "./create-update.ts";
import type { ExceptedPack } from "./excepted-packs.ts";

/** What a stack must run, as an update that is made at this moment would be told. */
interface Requirements {
  place: Elsewhere;
  made: Date;
  expires: Date;
  required: ExceptedPack[];
  recorded: RecordedPack[];
}

const DAY_MS = 86_400_000;

/**
 * Finds out what a stack must run, for runs of it while this server can't be asked.
 *
 * @throws stack_not_found, stack_held, invalid_input, required_policies_unknown
 */
export function exportRequirements(
  ctx: StackCtx,
  { expires, tags }: { expires: Date; tags: BroughtTags },
): Promise<Requirements> {
  const made = new Date();
  if (expires <= made) throw newError("invalid_input", { problem: "expiry_past" });
  // Whoever asks for the whole time has asked a little earlier.
  if (expires.getTime() > made.getTime() + MOST_DAYS * DAY_MS + 60_000)
    throw newError("invalid_input", { problem: "expiry_far", days: MOST_DAYS });
  return transaction(ctx, async (tx) => {
    const place = await readPlace(tx);
    const { required } = await decidePolicies(tx, tags);
    const recorded = await recordsOf(tx, required, "pack");
    await recordAudit(tx, {
      event: "Stack Requirements Exported",
      description: `Stack ${nameInOrg(tx.stack)}: what it must run, until ${expires.toISOString()}`,
      after: writeJson({ expires, packs: recorded.map(({ pack, tag, version }) => `${pack} ${tag ?? version}`) }),
    });
    return { place, made, expires, required, recorded };
  });
}
