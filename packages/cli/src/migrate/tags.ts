import { MARK } from "./mark.ts";

export type Tags = Record<string, string>;

/** As Quillon takes them. */
const NAME = /^(?!\.{1,2}$)[a-zA-Z0-9_.:-]{1,40}$/;
const LONGEST_VALUE = 256;
/** One less than a stack can have: the mark is one, too. */
const MOST = 199;

/** The tags that can come along, and the names of those that can't. */
export function tagsToMove(tags: Readonly<Tags>): { tags: Tags; left: string[] } {
  const all = Object.entries(tags).filter(([name]) => name !== MARK);
  const fit = all.filter(([name, value]) => NAME.test(name) && value.length <= LONGEST_VALUE).slice(0, MOST);
  const moved = Object.fromEntries(fit);
  return { tags: moved, left: all.map(([name]) => name).filter((name) => !Object.hasOwn(moved, name)) };
}
