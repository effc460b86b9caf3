import type { ErrorTable } from "./table.ts";

/** Errors about receipts of runs. */
export const receiptErrors = {
  receipt_not_found: {
    status: 404,
    message: (p: { update: string }) =>
      `Update ${p.update} has no receipt that you may read. A run gets one when it has ended; runs of earlier versions of the server have none.`,
  },
} as const satisfies ErrorTable;
