import type { Db } from "../db/open.ts";
import { type RecordedPack, readFirstAndLastEvents } from "../updates/index.ts";
import { type PackFailure, packFailures } from "./pack-failure.ts";

/** Which of its required packs made a run fail that has ended as failed. */
export async function readPackFailures(
  db: Db,
  updateId: string,
  required: readonly RecordedPack[],
): Promise<PackFailure[]> {
  return packFailures(await readFirstAndLastEvents(db, updateId), required);
}
