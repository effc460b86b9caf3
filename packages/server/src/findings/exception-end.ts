import { recordAudit, SERVER } from "../audit/index.ts";
import { type Ctx, type OrgCtx, type Tx, transaction } from "../context.ts";
import { countScores } from "./evaluate.ts";
import { countAgain, endExceptions, type Gone, type Unexcepted } from "./exception-end-queries.ts";

/** In findings. */
const STEP = 500;

/** Opens the findings that only this exception let through, in the transaction that removes it. */
export async function openUnexcepted(tx: Tx<OrgCtx>, id: string): Promise<void> {
  for (let more = true; more; ) {
    const found = await open(tx, { organizationId: tx.org.id, id });
    for (const finding of found) await record(tx, finding, "was removed");
    more = found.length === STEP;
  }
}

/** Opens the findings whose exceptions have ended until now, each step in a transaction of its own. */
export async function openExceptedUntilNow(ctx: Pick<Ctx, "db">): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async (tx) => {
      const found = await open(tx, "expired");
      for (const finding of found)
        await record({ ...tx, ...SERVER, org: { id: finding.organizationId } }, finding, "has ended");
      return found.length === STEP;
    });
  }
}

async function open({ db }: Tx<Pick<Ctx, "db">>, gone: Gone): Promise<Unexcepted[]> {
  const found = await endExceptions(db, gone, STEP);
  const opened = found.filter((finding) => finding.open);
  if (opened.length === 0) return found;
  await countAgain(db, opened);
  for (const stackId of new Set(opened.map((finding) => finding.stackId))) {
    const ofStack = opened.filter((finding) => finding.stackId === stackId);
    const packs = [...new Set(ofStack.map(({ pack }) => pack))];
    await countScores(db, { stackId, organizationId: ofStack[0]?.organizationId ?? "", packs });
  }
  return found;
}

async function record(
  tx: Parameters<typeof recordAudit>[0],
  { policy, stack, open, ids }: Unexcepted,
  what: string,
): Promise<void> {
  if (!open) return;
  await recordAudit(tx, {
    event: "Policy Issue Updated",
    description: `Opened policy issue ${policy} of ${stack} again, because policy exception ${ids.join(", ")} ${what}`,
    before: JSON.stringify({ status: "excepted", exceptions: ids }),
    after: JSON.stringify({ status: "open" }),
  });
}
