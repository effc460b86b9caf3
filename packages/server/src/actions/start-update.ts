import { newError, type Tags } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type StackCtx, type Tx, transaction } from "../context.ts";
import { awaitsReceipt, findUnsettled, isSettled, requireReceipt } from "../enforcement/index.ts";
import { writeJson } from "../json/write.ts";
import { versionName } from "../packs/index.ts";
import { nameInOrg, qualifiedName } from "../stacks/index.ts";
import {
  endExpiredUpdate,
  readRecorded,
  readSettled,
  readTagSetsBefore,
  startUpdate as startSettled,
} from "../updates/index.ts";
import { replaceTags } from "./change-tags.ts";
import { settleStack } from "./settle-updates.ts";

/**
 * Starts an update. Its tags replace the stack's, unless it is a dry run, which changes nothing.
 *
 * @returns its version and token, and when its lease expires.
 * @throws update_not_found, update_started, stack_not_found, stack_busy, stack_renaming, policies_unsettled, receipt_required
 */
export async function startUpdate(
  ctx: StackCtx,
  { update, tags }: { update: string; tags: Tags | undefined },
): Promise<{ version: number; token: string; expires: Date }> {
  // The update before it may have ended without a word, and its receipt decides whether this one starts.
  if (await awaitsReceipt(ctx)) {
    await endExpiredUpdate(ctx, ctx.stack.id);
    await settleStack(ctx, ctx.stack.id);
  }
  return transaction(ctx, async (tx) => {
    const { dryRun, kind, basis, ...started } = await startSettled(tx, update);
    if (tags) await requireSettled(tx, update, tags);
    if (dryRun) return started;
    // What has been run already can't be stopped, and must be known.
    if (kind === "update" && !basis?.ran) await requireReceipt(tx);
    if (tags) await replaceTags(tx, tags);
    await recordAudit(tx, {
      event: "Update Started",
      description: `Stack ${nameInOrg(tx.stack)}: ${kind} ${started.version}${basis?.ran ? `, reported afterwards: it ran at ${basis.ran.from}` : ""}`,
      after: writeJson({ update, kind, version: started.version }),
    });
    if (basis?.breakGlass !== undefined)
      await recordAudit(tx, {
        event: "Update Run Without Policies",
        description: `Stack ${nameInOrg(tx.stack)}: ${kind} ${started.version}, because: ${basis.breakGlass}`,
        after: writeJson({ update, kind, version: started.version, ...basis }),
      });
    return started;
  });
}

/**
 * The tags of a client that computes them as this server does are those from which it was settled what the update must
 * run. Those of other clients may ask for more.
 */
async function requireSettled(tx: Tx<StackCtx>, update: string, sent: Tags): Promise<void> {
  const settled = await readSettled(tx.db, update);
  if (!settled) throw newError("update_not_found", { update });
  if (isSettled(sent, settled.tagSets)) return;
  // `pulumi up` reads the stack's tags once, for its preview. While it waits for an answer somebody may have changed them:
  // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/stack.go#L156
  const before = await readTagSetsBefore(tx.db, update);
  const missing = await findUnsettled(tx, {
    sent,
    settled: [...settled.tagSets, ...before],
    recorded: readRecorded(settled.required),
  });
  if (missing.length === 0) return;
  const packs = missing
    .map(({ pack, group }) => `${pack.name} ${versionName(pack)} of policy group ${group}`)
    .join(", ");
  throw newError("policies_unsettled", { stack: qualifiedName(tx), packs });
}
