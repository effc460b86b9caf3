import { Type } from "typebox";
import type { Routes } from "../route.ts";

export const operationsRoutes = {
  "GET /healthz": {
    summary: "Check that the server is alive",
    access: "public",
    reply: Type.Object({ status: Type.Literal("ok") }),
  },
  "GET /readyz": {
    summary: "Check that the database can be reached and is migrated",
    access: "public",
    reply: Type.Object({ status: Type.Literal("ready") }),
  },
  "GET /api/openapi/pulumi-spec.json": {
    summary: "Get this document: every route of the server, as OpenAPI 3.1",
    access: "public",
    reply: Type.Object({ openapi: Type.String() }),
  },
} as const satisfies Routes;
