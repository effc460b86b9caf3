import { recordAudit, SERVER } from "../audit/index.ts";
import { type Ctx, type OrgCtx, type Tx, transaction } from "../context.ts";
import { countScores } from "./evaluate.ts";
import { countAgain, endExceptions, type Gone, type Unexcepted } from "./exception-end-queries.ts";
import { addReopened, type Reopened } from "./reopened.ts";

/** In findings. */
const STEP = 500;

type WithDb = Pick<Ctx, "db">;

/** Is told of what is open again, once for each stack, in the transaction that opens it. */
export type TellReopened<C extends WithDb> = (tx: Tx<C>, reopened: Reopened) => Promise<void>;

/** Opens the findings that only this exception let through, in the transaction that removes it. */
export async function openUnexcepted<C extends OrgCtx>(tx: Tx<C>, id: string, tell: TellReopened<C>): Promise<void> {
  const stacks = new Map<string, Reopened>();
  for (let more = true; more; ) {
    const { found, opened } = await open(tx, { organizationId: tx.org.id, id });
    for (const finding of opened) await record(tx, finding, "was removed");
    addReopened(stacks, opened);
    more = found === STEP;
  }
  for (const reopened of stacks.values()) await tell(tx, reopened);
}

/** Opens the findings whose exceptions have ended until now, each step in a transaction of its own. */
export async function openExceptedUntilNow<C extends WithDb>(ctx: C, tell: TellReopened<C>): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async (tx) => {
      const stacks = new Map<string, Reopened>();
      const { found, opened } = await open(tx, "expired");
      for (const finding of opened)
        await record({ ...tx, ...SERVER, org: { id: finding.organizationId } }, finding, "has ended");
      addReopened(stacks, opened);
      for (const reopened of stacks.values()) await tell(tx, reopened);
      return found === STEP;
    });
  }
}

/** @returns from how many findings exceptions were taken, and those that are open again. */
async function open({ db }: Tx<WithDb>, gone: Gone): Promise<{ found: number; opened: Unexcepted[] }> {
  const found = await endExceptions(db, gone, STEP);
  const opened = found.filter((finding) => finding.open);
  if (opened.length > 0) await countAgain(db, opened);
  for (const stackId of new Set(opened.map((finding) => finding.stackId))) {
    const ofStack = opened.filter((finding) => finding.stackId === stackId);
    const packs = [...new Set(ofStack.map(({ pack }) => pack))];
    await countScores(db, { stackId, organizationId: ofStack[0]?.organizationId ?? "", packs });
  }
  return { found: found.length, opened };
}

async function record(
  tx: Parameters<typeof recordAudit>[0],
  { policy, project, stack, status, ids }: Unexcepted,
  what: string,
): Promise<void> {
  await recordAudit(tx, {
    event: "Policy Issue Updated",
    description: `Opened policy issue ${policy} of ${project}/${stack} again, because policy exception ${ids.join(", ")} ${what}`,
    before: JSON.stringify({ status: "excepted", exceptions: ids }),
    after: JSON.stringify({ status }),
  });
}
