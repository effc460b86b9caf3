import type { Api, ReplyOf } from "@quillon/contract";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

export type Overview = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/overview"]>;

export const overviewQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["overview", orgName],
    queryFn: () => api.call("GET /api/quillon/orgs/{orgName}/overview", { params: { orgName } }),
    refetchInterval: 30_000,
  });

export type Days = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/compliance/days"]>;

/** The scores of the last 30 days. A day is not changed once it is written. */
export const daysQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["score-days", orgName],
    queryFn: () => api.call("GET /api/quillon/orgs/{orgName}/compliance/days", { params: { orgName } }),
    staleTime: 300_000,
  });
