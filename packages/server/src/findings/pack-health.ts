import type { Db } from "../db/open.ts";
import { type RecordedPack, readFirstAndLastEvents, readRecorded, type Unsettled } from "../updates/index.ts";
import { type PackEnding, packEndings } from "./pack-ending.ts";
import type { PackFailure } from "./pack-failure.ts";
import {
  countRuns,
  findWorkedBefore,
  keyOf,
  listFailing,
  listProven,
  othersFail,
  type PackVersion,
  setWorking,
} from "./pack-health-queries.ts";

/**
 * A version of a pack began to make stacks fail, or no stack fails because of it any more: runs ask it again, or another
 * version.
 */
export interface HealthChange extends PackVersion {
  tag: string;
  /** Why the run failed; undefined when the version fails no more. */
  failure: Omit<PackFailure, "pack"> | undefined;
  /** Of a version that fails: the one before it that worked in the same stack. */
  workedBefore: string | undefined;
}

/**
 * Counts a run that has ended for each version of a pack that it had to ask, in the transaction that settles it. Dry runs count,
 * because `pulumi up` normally stops in its dry run.
 *
 * @returns what has changed of the versions for the whole organization.
 */
export async function recordHealth(db: Db, update: Unsettled): Promise<HealthChange[]> {
  const required = update.loadsPacks ? readRecorded(update.required) : [];
  if (required.length === 0) return [];
  const { organizationId, stackId } = update;
  const endings = await endingsOf(db, update, required);
  const counted = required.map((pack) => {
    const ending = endings.get(pack.pack) ?? { ended: "unknown" };
    const failure = ending.ended === "failed" ? ending.failure : undefined;
    return { pack: pack.pack, version: pack.version, tag: tagOf(pack), worked: ending.ended === "worked", failure };
  });
  const failing = await listFailing(
    db,
    stackId,
    required.map(({ pack }) => pack),
  );
  const wasFailing = new Set(failing.map(keyOf));
  await countRuns(db, update, counted);
  // Of a version that threw, a run that has only loaded it says nothing.
  const working = failing.filter(({ pack, stage }) => {
    const ended = endings.get(pack)?.ended;
    return ended === "worked" || (ended === "loaded" && stage !== "run");
  });
  await setWorking(db, stackId, working);
  const changed = [
    ...counted.filter((one) => one.failure && !wasFailing.has(keyOf(one))),
    ...working.map((one) => ({ ...one, failure: undefined })),
  ];
  const first: HealthChange[] = [];
  for (const { pack, version, tag, failure } of changed.sort((a, b) => (a.pack < b.pack ? -1 : 1))) {
    if (await othersFail(db, { organizationId, stackId }, { pack, version })) continue;
    const workedBefore = failure && (await findWorkedBefore(db, stackId, { pack, version }));
    first.push({ pack, version, tag, failure, workedBefore });
  }
  return first;
}

async function endingsOf(
  db: Db,
  update: Unsettled,
  required: readonly RecordedPack[],
): Promise<Map<string, PackEnding>> {
  if (!update.failed) return packEndings(update.succeeded ? "succeeded" : "interrupted", [], unproven(required));
  const events = await readFirstAndLastEvents(db, update.id);
  const proven = await listProven(db, update.organizationId, required);
  return packEndings(
    "failed",
    events,
    required.map((one) => ({ ...one, proven: proven.has(keyOf(one)) })),
  );
}

function unproven(required: readonly RecordedPack[]) {
  return required.map((one) => ({ ...one, proven: false }));
}

function tagOf({ tag, version }: RecordedPack): string {
  return tag ?? String(version);
}
