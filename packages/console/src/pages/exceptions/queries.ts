import type { Api, ReplyOf } from "@quillon/contract";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";
import type { ExceptionFilter } from "./search.ts";

const UNUSED_HOURS = 30 * 24;
const SOON_HOURS = 7 * 24;

export type Listed = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/exceptions"]>["exceptions"][number];
export type Request = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/exception-requests"]>["requests"][number];

export const exceptionsQuery = (org: string, { view = "active", order, pack, stack }: ExceptionFilter) =>
  infiniteQueryOptions({
    queryKey: ["exceptions", org, view, order, pack, stack],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/exceptions", {
        params: { orgName: org },
        query: {
          status: view === "ended" ? "removed" : "active",
          ...(pack && { policyPack: pack }),
          ...(stack && { stack }),
          ...orderOf(order),
          ...(continuationToken && { continuationToken }),
        },
      }),
    ...byContinuation,
  });

function orderOf(order: ExceptionFilter["order"]) {
  if (order === "unused") return { unusedForHours: UNUSED_HOURS };
  if (order === "soon") return { endingWithinHours: SOON_HOURS, order: "ending" as const };
  return order && { order };
}

export const requestsQuery = (org: string) =>
  infiniteQueryOptions({
    queryKey: ["exception-requests", org],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/exception-requests", {
        params: { orgName: org },
        query: { ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });

export const requestQuery = (orgName: string, changeRequestId: string) =>
  queryOptions({
    queryKey: ["exception-requests", orgName, "one", changeRequestId],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/exception-requests/{changeRequestId}", {
        params: { orgName, changeRequestId },
      }),
  });
