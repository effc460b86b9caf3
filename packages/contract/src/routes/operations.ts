import { Type } from "typebox";
import type { Routes } from "../route.ts";

export const operationsRoutes = {
  "GET /healthz": {
    summary: "The process is alive",
    access: "public",
    reply: Type.Object({ status: Type.Literal("ok") }),
  },
  "GET /readyz": {
    summary: "The database is reachable and migrated",
    access: "public",
    reply: Type.Object({ status: Type.Literal("ready") }),
  },
} as const satisfies Routes;
