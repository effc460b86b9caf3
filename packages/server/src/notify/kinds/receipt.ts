import type { ReceiptStatus } from "../../enforcement/index.ts";
import { byWhom, type Kind, stackName } from "./kind.ts";
import { type EndedUpdate, isPreview, titleOf, updateFields, updateUrl } from "./update.ts";

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
    link: `${updateUrl(about, update)}?tab=receipt`,
  }),
};

interface StreakEvent {
  /** The last of them. */
  update: EndedUpdate;
  updates: number;
  since: Date;
}

/** One message for several updates in a row: one that is not proven may be an accident, and these are not. */
export const receiptStreakKind: Kind<StreakEvent> = {
  name: () => "receipt_streak",
  filters: () => ["receipt_streak"],
  message: (about, { update, updates, since }) => ({
    payload: { ...updateFields(about, update), updatesInARow: updates, since: since.toISOString() },
    title: `The last ${updates} updates of stack ${stackName(about)} have no complete receipt of their policies`,
    facts: [["Since", since.toISOString()], ...byWhom(about)],
    lines: [],
    link: `${updateUrl(about, update)}?tab=receipt`,
  }),
};
