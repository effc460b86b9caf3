import { type ErrorTable, oneOf } from "./table.ts";

const CHANGED = "Nothing was changed";

/** Errors about findings, which Pulumi calls policy issues. */
export const findingErrors = {
  finding_not_found: {
    status: 404,
    message: (p: { id: string; organization: string }) =>
      `Policy issue ${p.id} does not exist in organization ${p.organization}.`,
  },
  grid_refused: {
    status: 400,
    message: oneOf({
      field: (p: { field: string; known: string }) =>
        `Policy issues have no field ${JSON.stringify(p.field)} for this. Known are ${p.known}.`,
      kind: (p: { found: string }) =>
        `A filter can't be ${JSON.stringify(p.found)}. Send a filterType text with the type equals, or a filterType join with the type AND or OR.`,
      too_deep: (p: { limit: number }) => `The filter is nested more than ${p.limit} levels deep. Send it with fewer.`,
      too_many: (p: { limit: number }) => `The filter has more than ${p.limit} conditions. Send it with fewer.`,
      rows: (p: { limit: number }) =>
        `The rows can't be read: endRow must be after startRow, and by at most ${p.limit}. Read them in pages.`,
    }),
  },
  finding_edit_refused: {
    status: 400,
    message: oneOf({
      fixed: (_: object) =>
        `${CHANGED}: a policy issue can't be set to fixed by hand. It is fixed when an update deploys the resource and the policy passes, or when the resource is gone.`,
      incomplete: (p: { status: string; missing: string }) =>
        `${CHANGED}: the status ${p.status} needs ${p.missing}. The command pulumi policy issue edit can't send this. Use quillon finding edit ID --status ${p.status} --reason TEXT --until WHEN.`,
      not_needed: (_: object) =>
        `${CHANGED}: reason and expiresAt belong to the status ignored or by_design. Send such a status with them.`,
      expiry: (p: { expiresAt: string }) =>
        `${CHANGED}: expiresAt ${p.expiresAt} is not a time in the future. Write it as 2030-01-31T00:00:00Z.`,
      not_a_member: (p: { login: string; organization: string }) =>
        `${CHANGED}: ${p.login} is not a member of ${p.organization}, so the policy issue can't be assigned to them.`,
      stack_removed: (p: { stack: string }) =>
        `${CHANGED}: its stack ${p.stack} was removed, so nothing is left to mend. A stack that is made again has issues of its own.`,
      empty: (_: object) => `${CHANGED}: send at least one of status, priority, assignedTo and comment.`,
    }),
  },
} as const satisfies ErrorTable;
