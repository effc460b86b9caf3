import type { OrgCtx, Tx } from "../context.ts";
import type { GroupRow } from "./queries.ts";

/** An edit under way: one group, locked with all others of its organization. */
export interface EditCtx {
  tx: Tx<OrgCtx>;
  group: GroupRow;
  /** The organization's change counter for this edit. */
  change: string;
}
