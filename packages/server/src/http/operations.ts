import { fail } from "@quillon/contract";
import { isMigrated } from "../db/migrate.ts";
import type { Handlers } from "./route.ts";

export const operationsHandlers = {
  "GET /healthz": async () => ({ status: "ok" }),
  "GET /readyz": async ({ db, log }) => {
    const ready = await isMigrated(db).catch((err) => {
      log.error({ err }, "the database does not answer");
      return false;
    });
    if (!ready) throw fail("not_ready", { problem: "the database does not answer or is not migrated" });
    return { status: "ready" };
  },
} satisfies Partial<Handlers>;
