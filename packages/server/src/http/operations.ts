import { newError, openApi, routes } from "@quillon/contract";
import { missingBlobMark } from "../actions/claim-blobs.ts";
import { isMigrated } from "../db/migrate.ts";
import { type Handlers, RawReply } from "./route.ts";

let document: string | undefined;

export const operationsHandlers = {
  "GET /healthz": async () => ({ status: "ok" }),
  "GET /readyz": async ({ db, blobs, log }) => {
    const ready = await isMigrated(db).catch((err) => {
      log.error({ err }, "the database does not answer");
      return false;
    });
    if (!ready) throw newError("not_ready", {});
    const mark = await missingBlobMark({ db, blobs });
    if (mark) throw newError("blobs_elsewhere", { mark });
    return { status: "ready" };
  },
  "GET /api/openapi/pulumi-spec.json": async () => {
    document ??= JSON.stringify(openApi(routes));
    return new RawReply(document, { "content-type": "application/json; charset=utf-8" });
  },
} satisfies Partial<Handlers>;
