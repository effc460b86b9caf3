import { Type } from "typebox";
import type { Routes } from "../route.ts";

const Bytes = Type.Integer({ minimum: 0 });
/** Null for ever. */
const Kept = Type.Union([Type.Integer(), Type.Null()]);

export const serverRoutes = {
  "GET /api/quillon/server": {
    summary:
      "Get the server's version, its database, how long it keeps what, and for its administrators how much it stores",
    access: "user",
    reply: Type.Object({
      version: Type.String(),
      database: Type.Object({ kind: Type.Enum(["embedded", "postgresql"]), version: Type.String() }),
      /** In days, but for the states of each stack. */
      keeps: Type.Object({
        deletedStacksDays: Type.Integer(),
        predictionsDays: Type.Integer(),
        eventsDays: Kept,
        receiptsDays: Kept,
        findingsDays: Kept,
        auditDays: Kept,
        stateVersions: Kept,
      }),
      /** Of all organizations, and so only for administrators of the server. */
      storage: Type.Optional(
        Type.Object({
          databaseBytes: Bytes,
          /** The archives of policy packs, in the data folder. Large states are there, too, and not counted. */
          archives: Type.Integer({ minimum: 0 }),
          archiveBytes: Bytes,
        }),
      ),
    }),
  },
} as const satisfies Routes;
