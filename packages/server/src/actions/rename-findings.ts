import { type Ctx, transaction } from "../context.ts";
import { FIRST_URN, renameUrns, type UrnPlace } from "../findings/index.ts";
import { listRenaming, lockStack, type Renaming, setRenaming } from "../stacks/index.ts";
import { renameUrn } from "../state/index.ts";

/**
 * Gives the findings of a stack that was renamed the URNs of its new names, each step in a transaction of its own, because a stack may have
 * a million of them. Until it is done no run of the stack starts. Two servers may do it at the same time.
 */
export async function renameFindings(
  ctx: Pick<Ctx, "db">,
  stackId: string,
  { id }: Pick<Renaming, "id">,
): Promise<void> {
  let place: UrnPlace | undefined = FIRST_URN;
  while (place) {
    const from: UrnPlace = place;
    place = await transaction(ctx, async ({ db }) => {
      const to = (await lockStack(db, stackId))?.renaming;
      // Somebody else was quicker, or the stack has gone.
      if (to?.id !== id) return undefined;
      const next = await renameUrns(db, stackId, from, (urn) => renameUrn(urn, to));
      if (!next) await setRenaming(db, stackId, null);
      return next;
    });
  }
}

/** Does the same for all stacks where it was not finished. One that fails keeps no other from it. */
export async function continueRenaming(ctx: Pick<Ctx, "db" | "log">): Promise<void> {
  for (const { id, renaming } of await listRenaming(ctx.db)) await tryRenaming(ctx, id, renaming);
}

/** As `renameFindings`. What fails is tried again later. */
export async function tryRenaming(
  ctx: Pick<Ctx, "db" | "log">,
  stackId: string,
  renaming: Pick<Renaming, "id">,
): Promise<void> {
  await renameFindings(ctx, stackId, renaming).catch((err: unknown) =>
    ctx.log.error(
      { err, stack: stackId },
      "the findings of a stack could not be given its new name; the server tries again",
    ),
  );
}
