import type { ReceiptStatus } from "../../enforcement/index.ts";
import { byWhom, type Kind, orgUrl, stackName } from "./kind.ts";
import { type EndedUpdate, isPreview, titleOf, updateFields } from "./update.ts";

interface ReceiptEvent {
  update: EndedUpdate;
  status: ReceiptStatus;
  reasons: readonly string[];
}

const SHOWN = 5;

/** A preview is often interrupted by its user, so only real updates are told of. */
export const receiptKind: Kind<ReceiptEvent> = {
  name: () => "receipt",
  filters: ({ update, status }) =>
    !isPreview(update) && (status === "incomplete" || status === "missing") ? ["receipt_incomplete"] : [],
  message: (about, { update, status, reasons }) => ({
    payload: { ...updateFields(about, update), receiptStatus: status, reasons: reasons.slice(0, SHOWN) },
    title: `${titleOf(update)} of stack ${stackName(about)} has no complete receipt of its policies`,
    facts: [["Receipt", status], ...byWhom(about)],
    lines: reasons.slice(0, SHOWN),
    link: `${orgUrl(about).replace("/api/", "/api/quillon/")}/receipts/${update.id}`,
  }),
};
