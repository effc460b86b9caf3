import type { Api, ReplyOf } from "@quillon/contract";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

export type ExceptionRule = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/exception-rule"]>;
export type OverdueDays = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/finding-rule"]>["overdueAfterDays"];
export type StackPermission = ReplyOf<Api["GET /api/quillon/orgs/{orgName}"]>["defaultStackPermission"];
export type Server = ReplyOf<Api["GET /api/quillon/server"]>;

export const organizationQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["organization", orgName],
    queryFn: () => api.call("GET /api/quillon/orgs/{orgName}", { params: { orgName } }),
  });

/** What is allowed, and the ETag to change it with. */
export const exceptionRuleQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["exception-rule", orgName],
    queryFn: () => api.tagged("GET /api/quillon/orgs/{orgName}/exception-rule", { params: { orgName } }),
  });

export const receiptRuleQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["receipt-rule", orgName],
    queryFn: () => api.call("GET /api/quillon/orgs/{orgName}/receipt-rule", { params: { orgName } }),
  });

export const findingRuleQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["finding-rule", orgName],
    queryFn: () => api.call("GET /api/quillon/orgs/{orgName}/finding-rule", { params: { orgName } }),
  });

export const serverQuery = queryOptions({
  queryKey: ["server"],
  queryFn: () => api.call("GET /api/quillon/server", {}),
});
