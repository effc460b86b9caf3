import { recordAll, SERVER } from "../audit/index.ts";
import { type Ctx, type OrgCtx, type Tx, transaction } from "../context.ts";
import { type Gone, setOpening, takeOpening } from "../exceptions/index.ts";
import { countScores } from "./evaluate.ts";
import { countAgain, endExceptions, type Unexcepted } from "./exception-end-queries.ts";
import { type Reopened, reopenedOf } from "./reopened.ts";

/** In findings. One exception may have let a million violations through. */
const STEP = 5_000;
/** In exceptions. Many may end in one minute. */
const ENDED_AT_ONCE = 1_000;

type WithDb = Pick<Ctx, "db">;

/** Is told of what is open again, once for each stack, in the transaction that opens it. */
export type TellReopened<C extends WithDb> = (tx: Tx<C>, reopened: Reopened) => Promise<void>;

/**
 * Opens findings that only this exception let through, in the transaction that removes it: at most so many as are one step, so that others
 * need not wait. `continueOpening` opens the rest.
 */
export async function openUnexcepted<C extends OrgCtx>(tx: Tx<C>, id: string, tell: TellReopened<C>): Promise<void> {
  const gone: Gone = { organizationId: tx.org.id, ids: [id], because: "removed" };
  const { isAll, reopened } = await open(tx, gone);
  for (const one of reopened) await tell(tx, one);
  if (!isAll) await setOpening(tx.db, gone, true);
}

/** Opens the findings whose exceptions have ended or were removed, each step in a transaction of its own. */
export async function continueOpening<C extends WithDb>(ctx: C, tell: TellReopened<C>): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async (tx) => {
      const gone = await takeOpening(tx.db, ENDED_AT_ONCE);
      if (!gone) return false;
      const { isAll, reopened } = await open({ ...tx, ...SERVER, org: { id: gone.organizationId } }, gone);
      for (const one of reopened) await tell(tx, one);
      if (isAll) await setOpening(tx.db, gone, false);
      return true;
    });
  }
}

/** @returns what is open again, and whether there are no more findings with these exceptions. */
async function open(
  tx: Parameters<typeof recordAll>[0],
  gone: Gone,
): Promise<{ isAll: boolean; reopened: readonly Reopened[] }> {
  const { found, unexcepted } = await endExceptions(tx.db, gone, STEP);
  const opened = unexcepted.filter((finding) => finding.open);
  if (opened.length > 0) await countAgain(tx.db, opened);
  const packs = new Map<string, Set<string>>();
  for (const { stackId, pack } of opened) packs.set(stackId, (packs.get(stackId) ?? new Set()).add(pack));
  const { organizationId } = gone;
  for (const [stackId, ofStack] of packs) await countScores(tx.db, { stackId, organizationId, packs: [...ofStack] });
  const what = gone.because === "removed" ? "was removed" : "has ended";
  await recordAll(
    tx,
    opened.map((finding) => eventOf(finding, what)),
  );
  return { isAll: found < STEP, reopened: reopenedOf(opened, gone) };
}

function eventOf({ policy, project, stack, status, ids }: Unexcepted, what: string) {
  return {
    event: "Policy Issue Updated",
    description: `Opened policy issue ${policy} of ${project}/${stack} again, because policy exception ${ids.join(", ")} ${what}`,
    before: JSON.stringify({ status: "excepted", exceptions: ids }),
    after: JSON.stringify({ status }),
  } as const;
}
