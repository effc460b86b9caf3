import type { ErrorTable } from "./table.ts";

/** Errors about receipts of runs. */
export const receiptErrors = {
  receipt_not_found: {
    status: 404,
    message: (p: { update: string }) =>
      `Update ${p.update} has no receipt that you may read. A run gets one when it has ended; runs of earlier versions of the server have none.`,
  },
  /** Never a 409, which the CLI takes for another update of the stack. */
  receipt_required: {
    status: 400,
    message: (p: { stack: string; update: string; status: string; reasons: string }) =>
      `The update of stack ${p.stack} was not started, because the receipt of its last one, ${p.update}, is ${p.status}: ${p.reasons} Run the preview with every policy pack that the stack must run: pulumi preview, or pulumi up without --skip-preview. When its receipt is complete, the update starts. An admin of the organization can let it start all the same with: quillon receipt lift STACK --reason TEXT.`,
  },
} as const satisfies ErrorTable;
