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
