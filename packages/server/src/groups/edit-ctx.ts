import { newError } from "@quillon/contract";
import type { OrgCtx, Tx } from "../context.ts";
import type { GroupRow } from "./queries.ts";

/** An edit under way: one group, locked with all others of its organization. */
export interface EditCtx {
  tx: Tx<OrgCtx>;
  group: GroupRow;
  /** The organization's change counter for this edit. */
  change: string;
  /** When it began, by the clock of `performance`. */
  began: number;
}

/** In seconds. An edit is one transaction, and on the embedded database all others wait for it. */
export const LONGEST_EDIT = 10;

/** Called before each part of an edit that may take long. @throws group_edit_too_long */
export function requireTime({ group, began }: Pick<EditCtx, "group" | "began">): void {
  if (performance.now() - began < LONGEST_EDIT * 1000) return;
  throw newError("group_edit_too_long", { group: group.name, seconds: LONGEST_EDIT });
}

/** A change of a group, for those who are told of it. */
export interface GroupChange {
  action: "created" | "updated" | "removed";
  group: string;
  /** A short description of each difference. */
  changes: readonly string[];
}

/** Is told of each change in its transaction. */
export type TellOfGroup = (tx: Tx<OrgCtx>, change: GroupChange) => Promise<void>;
