import type { Api, ReplyOf } from "@quillon/contract";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";

export type GroupSummary = ReplyOf<Api["GET /api/orgs/{orgName}/policygroups"]>["policyGroups"][number];
export type PolicyGroup = ReplyOf<Api["GET /api/orgs/{orgName}/policygroups/{policyGroup}"]>;
/** A group as somebody saw it who edits it. */
export interface Seen {
  reply: PolicyGroup;
  etag: string;
}
export type AppliedPack = PolicyGroup["appliedPolicyPacks"][number];

export const groupsQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["groups", orgName, "list"],
    queryFn: () => api.call("GET /api/orgs/{orgName}/policygroups", { params: { orgName } }),
  });

/** A group, and the ETag to change it with. */
export const groupQuery = (orgName: string, policyGroup: string) =>
  queryOptions({
    queryKey: ["groups", orgName, "one", policyGroup],
    queryFn: () =>
      api.tagged("GET /api/orgs/{orgName}/policygroups/{policyGroup}", { params: { orgName, policyGroup } }),
  });

/** The stacks that are in a group. */
export const membersQuery = (orgName: string, policyGroup: string) =>
  infiniteQueryOptions({
    queryKey: ["groups", orgName, "members", policyGroup],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/orgs/{orgName}/policygroups/{policyGroup}/stacks", {
        params: { orgName, policyGroup },
        query: { count: 100, ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
