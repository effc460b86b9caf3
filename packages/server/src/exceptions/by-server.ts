import { type AuditEvent, recordAll, SERVER } from "../audit/index.ts";
import type { Ctx, Tx } from "../context.ts";

/** Records events of any organizations that came about because a time was over. */
export async function recordByServer(
  tx: Tx<Pick<Ctx, "db">>,
  events: readonly (AuditEvent & { organizationId: string })[],
): Promise<void> {
  for (const id of new Set(events.map(({ organizationId }) => organizationId))) {
    await recordAll(
      { ...tx, ...SERVER, org: { id } },
      events.filter(({ organizationId }) => organizationId === id),
    );
  }
}
