import { Type } from "typebox";
import { OrgName, OrgParams, StackParams, Uuid } from "../names.ts";
import type { Routes } from "../route.ts";

export const ReceiptStatus = Type.Union([
  Type.Literal("complete"),
  Type.Literal("incomplete"),
  Type.Literal("missing"),
  Type.Literal("not-applicable"),
]);

const ListQuery = Type.Object({
  status: Type.Optional(Type.Union([ReceiptStatus, Type.Array(ReceiptStatus)])),
  /** Only those of previews, or only those of updates. */
  dryRun: Type.Optional(Type.Boolean()),
  /** Only those of runs that ended in so many days until now. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 4000 })),
  continuationToken: Type.Optional(Type.String()),
});

const ReceiptList = Type.Object({
  receipts: Type.Array(
    Type.Object({
      updateID: Type.String(),
      /** The stack's names when the run ended. */
      project: Type.String(),
      stack: Type.String(),
      kind: Type.String(),
      dryRun: Type.Boolean(),
      /** How the run ended. */
      outcome: Type.String(),
      status: ReceiptStatus,
      endedAt: Type.String({ format: "date-time" }),
    }),
  ),
  continuationToken: Type.Optional(Type.String()),
});

export const receiptRoutes = {
  "GET /api/quillon/orgs/{orgName}/receipts": {
    summary: "List the receipts of stacks that you may read, newest first: what each run had to analyse, and did",
    access: "org:member",
    params: OrgParams,
    query: ListQuery,
    reply: ReceiptList,
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipts": {
    summary: "List the receipts of a stack, newest first",
    access: "stack:read",
    params: StackParams,
    query: ListQuery,
    reply: ReceiptList,
  },
  "GET /api/quillon/orgs/{orgName}/receipts/{updateID}": {
    summary: "Get the signed receipt of an update or preview",
    access: "org:member",
    params: Type.Object({ orgName: OrgName, updateID: Uuid }),
    reply: Type.Object({
      /** JSON text. The signature is of exactly its bytes in UTF-8. */
      receipt: Type.String(),
      /** Ed25519, in base64. */
      signature: Type.String(),
    }),
  },
  "GET /api/quillon/receipt-key": {
    summary: "Get the public key with which everybody can check the signature of a receipt",
    access: "public",
    reply: Type.Object({
      /** An Ed25519 key in PEM. */
      publicKey: Type.String(),
    }),
  },
} as const satisfies Routes;
