import { openApi, routes } from "@quillon/contract";
import { type Handlers, RawReply } from "./route.ts";

let document: string | undefined;

export const operationsHandlers = {
  "GET /healthz": async () => ({ status: "ok" }),
  // `http/ready.ts` refuses the request before, when the server is not ready.
  "GET /readyz": async () => ({ status: "ready" }),
  "GET /api/openapi/pulumi-spec.json": async () => {
    document ??= JSON.stringify(openApi(routes));
    return new RawReply(document, { "content-type": "application/json; charset=utf-8" });
  },
} satisfies Partial<Handlers>;
