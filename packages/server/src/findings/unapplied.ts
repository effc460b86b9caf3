import type { StackCtx } from "../context.ts";
import { listUnapplied } from "./excepted-queries.ts";

/** A pack with the exceptions from it that are in effect for a stack. */
interface Excepted {
  name: string;
  exceptions: readonly { id: string }[];
}

/** Those of these packs that the stack's last previews show not to apply exceptions that are in effect, with the ids of these. */
export async function readUnapplied(
  { db, stack }: StackCtx,
  packs: readonly Excepted[],
): Promise<{ pack: string; ids: string[] }[]> {
  const excepted = packs.filter(({ exceptions }) => exceptions.length > 0);
  if (excepted.length === 0) return [];
  const found = await listUnapplied(db, { stackId: stack.id, packs: excepted.map(({ name }) => name) });
  const unapplied = new Set(found.map(({ pack, id }) => `${id} ${pack}`));
  return excepted.flatMap(({ name: pack, exceptions }) => {
    const ids = exceptions.map(({ id }) => id).filter((id) => unapplied.has(`${id} ${pack}`));
    return ids.length > 0 ? [{ pack, ids }] : [];
  });
}
