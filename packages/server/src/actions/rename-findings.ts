import { type Ctx, type Tx, transaction } from "../context.ts";
import { type ExceptedFinding, FIRST_URN, openRenamed, renameUrns, type UrnPlace } from "../findings/index.ts";
import { listRenaming, lockStack, type Renaming, readRenamed, setRenaming } from "../stacks/index.ts";
import { renameUrn } from "../state/index.ts";
import { tellOfReopened } from "./tell-of-reopened.ts";

type Renames = Pick<Ctx, "db" | "log" | "url">;

/**
 * Gives the findings of a stack that was renamed the URNs of its new names, and opens those that no exception lets through under these, each
 * step in a transaction of its own, because a stack may have a million of them. Until it is done no run of the stack starts. Two servers
 * may do it at the same time.
 */
export async function renameFindings(ctx: Renames, stackId: string, { id }: Pick<Renaming, "id">): Promise<void> {
  /** Does nothing when somebody else was quicker, or the stack has gone. @returns where to go on. */
  const step = <T>(work: (tx: Tx<Renames>, to: Renaming) => Promise<T | undefined>) =>
    transaction(ctx, async (tx) => {
      const to = (await lockStack(tx.db, stackId))?.renaming;
      return to?.id === id ? work(tx, to) : undefined;
    });
  for (let from: UrnPlace | undefined = FIRST_URN; from; ) {
    const place: UrnPlace = from;
    from = await step(({ db }, to) => renameUrns(db, stackId, place, (urn) => renameUrn(urn, to)));
  }
  let after: ExceptedFinding | undefined;
  do {
    after = await step(async (tx) => {
      const stack = await readRenamed(tx.db, stackId);
      const last = stack && (await openRenamed(tx, stack, after, tellOfReopened()));
      if (!last) await setRenaming(tx.db, stackId, null);
      return last;
    });
  } while (after);
}

/** Does the same for all stacks where it was not finished. One that fails keeps no other from it. */
export async function continueRenaming(ctx: Renames): Promise<void> {
  for (const { id, renaming } of await listRenaming(ctx.db)) await tryRenaming(ctx, id, renaming);
}

/** As `renameFindings`. What fails is tried again later. */
export async function tryRenaming(ctx: Renames, stackId: string, renaming: Pick<Renaming, "id">): Promise<void> {
  await renameFindings(ctx, stackId, renaming).catch((err: unknown) =>
    ctx.log.error(
      { err, stack: stackId },
      "the findings of a stack could not be given its new name; the server tries again",
    ),
  );
}
