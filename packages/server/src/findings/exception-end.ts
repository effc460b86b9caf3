import { recordAll, SERVER } from "../audit/index.ts";
import { type Ctx, type OrgCtx, type StackRef, type Tx, transaction } from "../context.ts";
import type { Db } from "../db/open.ts";
import { type Gone, readActive, setOpening, takeOpening } from "../exceptions/index.ts";
import { countScores } from "./evaluate.ts";
import {
  countAgain,
  type ExceptedFinding,
  endExceptions,
  listExcepted,
  takeEach,
  type Unexcepted,
} from "./exception-end-queries.ts";
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
  const { isAll, unexcepted } = await endExceptions(tx.db, gone, STEP);
  return { isAll, reopened: await countOpened(tx, unexcepted, gone) };
}

/**
 * Takes from some findings of a stack that was renamed the exceptions that name their resources as they were called before, because
 * an exception means no other URN. The stack is locked.
 *
 * @param after the last one of those before.
 * @returns the last one, and undefined when there are no more.
 */
export async function openRenamed<C extends WithDb>(
  tx: Tx<C>,
  { organizationId, ...stack }: StackRef & { organizationId: string },
  after: ExceptedFinding | undefined,
  tell: TellReopened<C>,
): Promise<ExceptedFinding | undefined> {
  const { db } = tx;
  const findings = await listExcepted(db, { stackId: stack.id, after, limit: STEP });
  if (findings.length === 0) return undefined;
  const holds = await matchingOf(db, { organizationId, stack });
  const due = findings
    .map(({ id, exceptions, ...of }) => ({ id, exceptions: exceptions.filter((one) => !holds(one, of)) }))
    .filter(({ exceptions }) => exceptions.length > 0);
  const unexcepted = await takeEach(db, stack.id, due);
  const because = "renamed";
  const server = { ...tx, ...SERVER, org: { id: organizationId } };
  for (const one of await countOpened(server, unexcepted, { organizationId, because })) await tell(tx, one);
  return findings.length === STEP ? findings.at(-1) : undefined;
}

/** Tells whether an exception that is in effect for the stack matches a finding. */
async function matchingOf(db: Db, of: Parameters<typeof readActive>[1]) {
  const active = new Map<string, { policies: Set<string>; targets: Set<string> }[]>();
  for (const [pack, { exceptions }] of await readActive(db, of)) {
    for (const { id, match } of exceptions) {
      const entries = match.map(({ policies, targets }) => ({
        policies: new Set(policies),
        targets: new Set(targets),
      }));
      active.set(`${id} ${pack}`, entries);
    }
  }
  return (id: string, { pack, policy, urn }: Pick<ExceptedFinding, "pack" | "policy" | "urn">) =>
    (active.get(`${id} ${pack}`) ?? []).some(({ policies, targets }) => policies.has(policy) && targets.has(urn));
}

/** @returns what is told of those that are open again. */
async function countOpened(
  tx: Parameters<typeof recordAll>[0],
  unexcepted: readonly Unexcepted[],
  gone: Pick<Reopened, "organizationId" | "because">,
): Promise<readonly Reopened[]> {
  const opened = unexcepted.filter((finding) => finding.open);
  if (opened.length > 0) await countAgain(tx.db, opened);
  const packs = new Map<string, Set<string>>();
  for (const { stackId, pack } of opened) packs.set(stackId, (packs.get(stackId) ?? new Set()).add(pack));
  const { organizationId, because } = gone;
  for (const [stackId, ofStack] of packs) await countScores(tx.db, { stackId, organizationId, packs: [...ofStack] });
  await recordAll(
    tx,
    opened.map((finding) => eventOf(finding, WHAT[because])),
  );
  return reopenedOf(opened, gone);
}

/** Of an exception, for people. */
const WHAT = {
  removed: "was removed",
  ended: "has ended",
  renamed: "names the resource as it was called before the stack was renamed",
} as const satisfies Record<Reopened["because"], string>;

function eventOf({ policy, project, stack, status, ids }: Unexcepted, what: string) {
  return {
    event: "Policy Issue Updated",
    description: `Opened policy issue ${policy} of ${project}/${stack} again, because policy exception ${ids.join(", ")} ${what}`,
    before: JSON.stringify({ status: "excepted", exceptions: ids }),
    after: JSON.stringify({ status }),
  } as const;
}
