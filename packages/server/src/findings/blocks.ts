import { type Ctx, transaction } from "../context.ts";
import { listTeamsOf } from "../stacks/index.ts";
import { type LooseStack, listLoose, makeBlock, removeEmptyBlocks } from "./block-queries.ts";

/** In stacks. When one of a block changes, all others are counted by themselves until they are in a block again. */
const SIZES = { largest: 64, small: 16 };
/** In stacks. */
const AT_ONCE = 10_000;

/** What decides which stacks are in a block together. */
export interface Placed extends LooseStack {
  /** Of those that may read it. */
  teams: string;
}

/**
 * Which stacks come into a block together: those that the same teams may read, because a block is used by who may read all its
 * stacks, and of them those with the same packs, because then there are fewer sums. What is left of each comes together.
 */
export function blocksOf(stacks: readonly Placed[], { largest, small } = SIZES): Placed[][] {
  const blocks: Placed[][] = [];
  for (const ofOrganization of grouped(stacks, ({ organizationId }) => organizationId)) {
    const left: Placed[] = [];
    for (const alike of grouped(ofOrganization, ({ teams }) => teams)) {
      const sorted = alike.toSorted((a, b) => (a.packs < b.packs ? -1 : a.packs > b.packs ? 1 : 0));
      for (const block of pieces(sorted, largest)) {
        if (block.length >= small) blocks.push(block);
        else left.push(...block);
      }
    }
    blocks.push(...pieces(left, largest));
  }
  return blocks;
}

function grouped<T>(all: readonly T[], key: (one: T) => string): Iterable<T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups.values();
}

function* pieces<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

/** Puts stacks whose scores have changed into blocks. Each block is made in a transaction of its own. */
export async function makeBlocks(ctx: Pick<Ctx, "db">, sizes = SIZES): Promise<void> {
  const loose = await listLoose(ctx.db, { small: sizes.small, limit: AT_ONCE });
  const teams = await listTeamsOf(
    ctx.db,
    loose.map(({ stackId }) => stackId),
  );
  const placed = loose.map((stack) => ({ ...stack, teams: teams.get(stack.stackId) ?? "" }));
  for (const block of blocksOf(placed, sizes)) {
    const ids = block.map(({ stackId }) => stackId);
    await transaction(ctx, ({ db }) => makeBlock(db, block[0]?.organizationId ?? "", ids));
  }
  await removeEmptyBlocks(ctx.db);
}
