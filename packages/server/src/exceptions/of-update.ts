import type { StackCtx } from "../context.ts";
import { type RecordedPack, readRecorded, readRun } from "../updates/index.ts";

/** A pack that a run had to ask, with the exceptions from it that were in effect. */
export type ExceptedRun = Required<Pick<RecordedPack, "pack" | "version" | "tag" | "exceptions" | "exceptionsBy">>;

/**
 * The exceptions that were in effect for an update or a preview, as they were when it was created.
 *
 * @param update its id, the version that it made, or `latest`.
 * @throws update_not_found, run_none
 */
export async function readExceptionsOf(ctx: StackCtx, update: string): Promise<{ id: string; packs: ExceptedRun[] }> {
  const { id, required } = await readRun(ctx, update);
  const packs = readRecorded(required).flatMap(({ exceptions, exceptionsBy, ...pack }) =>
    exceptions && exceptionsBy ? [{ ...pack, exceptions, exceptionsBy }] : [],
  );
  return { id, packs };
}
