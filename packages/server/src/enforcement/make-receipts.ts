import { type Ctx, type Tx, transaction } from "../context.ts";
import { isUnavailable, isWorthRetrying } from "../db/unavailable.ts";
import { readAnalyses, readPackFailures } from "../findings/index.ts";
import { readChanges } from "../state/index.ts";
import {
  countEngineEvents,
  listUnreceipted,
  type RecordedPack,
  readRecorded,
  setReceipted,
  type Unreceipted,
} from "../updates/index.ts";
import { type Judged, judge, type Run } from "./receipt.ts";
import { insertReceipt } from "./receipt-queries.ts";
import { type ReceiptFacts, writeReceipt } from "./receipt-text.ts";
import { readStreak, type Streak, TOLD_STREAK } from "./streak-queries.ts";

type Making = Pick<Ctx, "db" | "log" | "keys" | "blobs" | "workers">;

/**
 * Is told once of every receipt, in the transaction that stores it, and of updates in a row without a complete one when there are
 * too many.
 */
export type Made<C extends Making> = (
  tx: Tx<C>,
  update: Unreceipted,
  receipt: Judged & { streak: Streak | undefined },
) => Promise<void>;

/**
 * Makes the receipts of updates that have ended since the last time, of one stack or of all. Each update gets one receipt.
 *
 * It never throws, because people must be able to work when a mistake of ours, or a hostile client, makes a receipt impossible.
 * Such an update gets one that says so.
 */
export async function makeReceipts<C extends Making>(ctx: C, made: Made<C>, stackId?: string): Promise<void> {
  try {
    for (const update of await listUnreceipted(ctx.db, stackId)) await makeOrSkip(ctx, update, made);
  } catch (err) {
    ctx.log.error({ err, ...(stackId && { stack: stackId }) }, "receipts could not be made");
  }
}

async function makeOrSkip<C extends Making>(ctx: C, update: Unreceipted, made: Made<C>): Promise<void> {
  try {
    // Before the transaction, because a large state takes long, and the embedded database has a single connection.
    const changes = await compareStates(ctx, update);
    await transaction(ctx, async (tx) => store(tx, update, { gathered: await gather(tx, update, changes), made }));
  } catch (err) {
    if (isWorthRetrying(err, update.endedAt)) throw err;
    ctx.log.error({ err, update: update.id }, "the receipt of an update could not be made");
    await transaction(ctx, (tx) => store(tx, update, { gathered: "unknown", made }));
  }
}

/** What an update was required to run, and what is known of the run. */
interface Gathered {
  required: readonly RecordedPack[];
  run: Run;
  received: number;
  states: Compared;
}

type Compared = { changed: number } | { notCompared: string };

/** The URNs of what changed, or why the states were not compared. */
type Changed =
  | string[]
  | typeof NOT_ASKED
  | typeof NOT_CHANGED
  | typeof NOT_HELD
  | typeof NOT_STORED
  | typeof TOO_LARGE
  | typeof UNREADABLE;
const NOT_ASKED = "A run of this kind asks no policies.";
const NOT_CHANGED = "A preview changes no state.";
const NOT_HELD = "The stack's state is in another backend.";
const NOT_STORED = "The run stored no state.";
const TOO_LARGE = "The states are too large (more than 256 MiB).";
const UNREADABLE = "The states could not be read.";

async function compareStates(ctx: Making, update: Unreceipted): Promise<Changed> {
  const { kind, savedState, stackId, version, id } = update;
  if (kind === "preview") return NOT_CHANGED;
  if (kind !== "update" && !runsProgram(update)) return NOT_ASKED;
  if (update.backend !== null) return NOT_HELD;
  if (!savedState) return NOT_STORED;
  try {
    // A refresh changes what providers know of resources, and asks no policies of that.
    const wanted = kind === "update" ? "made-or-changed" : "made";
    return (await readChanges(ctx, { stackId, version, wanted })) ?? TOO_LARGE;
  } catch (err) {
    if (isUnavailable(err)) throw err;
    ctx.log.error({ err, update: id }, "the states before and after an update could not be compared");
    return UNREADABLE;
  }
}

async function gather({ db }: Tx<Making>, update: Unreceipted, changes: Changed): Promise<Gathered> {
  const { id, kind, outcome, summarySequence, savedState } = update;
  const required = readRecorded(update.required);
  const components = runsProgram(update);
  const changed = typeof changes === "string" ? [] : changes;
  const { unspoken, ...analyses } = await readAnalyses(db, id, { packs: required, components, changed });
  const failed = outcome === "failed" ? await failedOf(db, id, required) : undefined;
  const last = summarySequence === null ? undefined : Number(summarySequence);
  const { received, missing } = await countEvents(db, id, last);
  return {
    required,
    received,
    states: typeof changes === "string" ? { notCompared: changes } : { changed: changes.length },
    run: {
      kind,
      outcome,
      runsProgram: components,
      ...analyses,
      ...(failed && { failed }),
      events: { missing, ended: last !== undefined },
      savedState,
      ...(update.backend !== null && { elsewhere: { received } }),
      statesUnknown: changes === UNREADABLE || changes === TOO_LARGE,
      ...(typeof changes !== "string" && { changed: unspoken }),
      outdated: update.basis?.requirements?.changed ?? [],
      ...(update.basis?.breakGlass !== undefined && { breakGlass: update.basis.breakGlass }),
    },
  };
}

/** The packs that failed after the run had loaded all of them. */
async function failedOf(db: Ctx["db"], updateId: string, required: readonly RecordedPack[]): Promise<Run["failed"]> {
  const failures = (await readPackFailures(db, updateId, required)).filter(({ stage }) => stage === "run");
  const certain = failures.filter((failure) => failure.certain);
  if (failures.length === 0) return undefined;
  return { packs: (certain.length > 0 ? certain : failures).map(({ pack }) => pack), certain: certain.length > 0 };
}

/** Events count from 0, to the one with which the run ends, or to a later one that came all the same. */
async function countEvents(db: Ctx["db"], updateId: string, last: number | undefined) {
  const { received, last: highest } = await countEngineEvents(db, updateId);
  return { received, missing: Math.max(last ?? -1, highest ?? -1) + 1 - received };
}

/** Whether a refresh or destroy says that it runs the program, too. */
function runsProgram({ kind, environment }: Unreceipted): boolean {
  return (kind === "refresh" || kind === "destroy") && saysRunProgram(environment);
}

/**
 * The CLI says with each update which flags and variables of its own it was given.
 * https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/cmd/pulumi/metadata/metadata.go#L89
 */
function saysRunProgram(environment: Readonly<Record<string, string>>): boolean {
  return (environment["pulumi.flag.run-program"] ?? environment["pulumi.env.PULUMI_RUN_PROGRAM"]) === "true";
}

async function store<C extends Making>(
  tx: Tx<C>,
  update: Unreceipted,
  { gathered, made }: { gathered: Gathered | "unknown"; made: Made<C> },
): Promise<void> {
  const { db, keys } = tx;
  // Two requests may make receipts of the same stack.
  if (!(await setReceipted(db, update.id))) return;
  const judged =
    gathered === "unknown"
      ? { status: "incomplete" as const, reasons: ["The server could not find out what was analysed."] }
      : judge(gathered.run);
  const facts: ReceiptFacts = {
    ...judged,
    update,
    ...(gathered !== "unknown" && gathered),
    madeAt: new Date(),
  };
  const body = writeReceipt(facts);
  const imported = gathered !== "unknown" && gathered.run.onlyImported;
  await insertReceipt(db, { update, status: judged.status, imported, body, signature: keys.receipts.sign(body) });
  await made(tx, update, { ...judged, streak: await streakBegunBy(db, update) });
}

/** The streak that the update makes long enough to be told. A longer one was told already. */
async function streakBegunBy(db: Ctx["db"], { id, stackId, kind, dryRun }: Unreceipted): Promise<Streak | undefined> {
  if (kind !== "update" || dryRun) return undefined;
  const streak = await readStreak(db, stackId, id);
  return streak?.updates === TOLD_STREAK ? streak : undefined;
}
