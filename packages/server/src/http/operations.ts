import { newError, openApi, routes } from "@quillon/contract";
import { isMigrated } from "../db/migrate.ts";
import { type Handlers, RawReply } from "./route.ts";

let document: string | undefined;

export const operationsHandlers = {
  "GET /healthz": async () => ({ status: "ok" }),
  "GET /readyz": async ({ db, log }) => {
    const ready = await isMigrated(db).catch((err) => {
      log.error({ err }, "the database does not answer");
      return false;
    });
    if (!ready) throw newError("not_ready", {});
    return { status: "ready" };
  },
  "GET /api/openapi/pulumi-spec.json": async () => {
    document ??= JSON.stringify(openApi(routes));
    return new RawReply(document, { "content-type": "application/json; charset=utf-8" });
  },
} satisfies Partial<Handlers>;
