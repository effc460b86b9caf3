import type { OrgCtx, Tx } from "../context.ts";
import type { GroupRow } from "./queries.ts";

/** An edit under way: one group, locked with all others of its organization. */
export interface EditCtx {
  tx: Tx<OrgCtx>;
  group: GroupRow;
  /** The organization's change counter for this edit. */
  change: string;
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
