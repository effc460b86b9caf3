import { Type } from "typebox";
import { OrgParams, StackParams } from "../names.ts";
import { Empty, type Routes } from "../route.ts";
import { ReceiptStatus } from "./receipts.ts";

const Rule = Type.Object({
  /** An update whose receipt is not complete stops the next one of its stack. */
  required: Type.Boolean(),
});

export const receiptRuleRoutes = {
  "GET /api/quillon/orgs/{orgName}/receipt-rule": {
    summary: "Get whether an update without a complete receipt stops the next one of its stack",
    access: "org:member",
    params: OrgParams,
    reply: Rule,
  },
  "PUT /api/quillon/orgs/{orgName}/receipt-rule": {
    summary: "Set whether an update without a complete receipt stops the next one of its stack",
    access: "org:policy",
    params: OrgParams,
    body: Rule,
    strict: true,
    reply: Rule,
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state": {
    summary:
      "Get what receipts say of a stack: whether its next update is stopped, whether it was changed without policies, and how many updates have no complete receipt",
    access: "stack:read",
    params: StackParams,
    reply: Type.Object({
      /** Since when its state was last changed by an import, with no complete update after that. */
      changedWithoutPoliciesSince: Type.Optional(Type.String({ format: "date-time" })),
      /** The update because of which its next one is not started. */
      stoppedBy: Type.Optional(
        Type.Object({ updateID: Type.String(), status: ReceiptStatus, reasons: Type.Array(Type.String()) }),
      ),
      /** Its last updates, if at least three in a row have no complete receipt. At most 100 are counted. */
      withoutCompleteReceipt: Type.Optional(
        Type.Object({ updates: Type.Integer(), since: Type.String({ format: "date-time" }) }),
      ),
    }),
  },
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state/lift": {
    summary: "Let a stack's next update start although the receipt of its last one is not complete",
    // Of those who may, the admins of the organization: whoever made a stack administers it, too.
    access: "stack:admin",
    params: StackParams,
    body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1000, pattern: "\\S" }) }),
    strict: true,
    reply: Empty,
  },
} as const satisfies Routes;
