import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";

/** A stack by its names in the path. */
export interface StackName {
  orgName: string;
  projectName: string;
  stackName: string;
}

export function useStackName(): StackName {
  const { org, project, stack } = useParams({ from: "/signed-in/$org/$project/$stack" });
  return { orgName: org, projectName: project, stackName: stack };
}

export const stackQuery = (params: StackName) =>
  queryOptions({
    queryKey: ["stack", params],
    queryFn: () => api.call("GET /api/stacks/{orgName}/{projectName}/{stackName}", { params }),
  });

export const receiptStateQuery = (params: StackName) =>
  queryOptions({
    queryKey: ["stack", params, "receipt-state"],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state", { params }),
  });

export const activityQuery = (params: StackName) =>
  infiniteQueryOptions({
    queryKey: ["stack", params, "activity"],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates", {
        params,
        query: { ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
