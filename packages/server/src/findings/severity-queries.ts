import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { listSeverities } from "../packs/index.ts";
import { readRecorded } from "../updates/index.ts";
import { isOfPart, type UpdatePart } from "./part-queries.ts";

/**
 * Gives violations in a part of an update the severity that the published pack gives their policy, where the event says none. Only
 * packs that the update was required to run have one. Events of older engines have no severity, as in
 * https://github.com/pulumi/pulumi/blob/v3.200.0/sdk/go/common/apitype/events.go
 */
export async function giveSeverities(db: Db, update: UpdatePart): Promise<void> {
  const { id, organizationId } = update;
  const packs = readRecorded(update.required);
  const severities = (await listSeverities(db, organizationId, packs)).flatMap(({ version, ...policy }) =>
    packs
      .filter((one) => one.pack === policy.pack && one.version === version)
      .map(({ tag }) => ({ ...policy, tag: tag ?? "" })),
  );
  if (severities.length === 0) return;
  await sql`
    update policy_reports report set severity = given.severity
    from json_to_recordset(${JSON.stringify(severities)}::json) as given (pack text, tag text, policy text, severity text)
    where report.update_id = ${id} and report.severity = '' and report.kind <> 'remediated'
      and ${isOfPart("report", update)}
      and report.pack = given.pack and given.tag in ('', report.tag) and report.policy = given.policy`.execute(db);
}
