import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../../api.ts";
import { byContinuation } from "../../../shared/more.tsx";
import type { StackName } from "../queries.ts";

/** What the next preview or update must run, with the configuration that the client is told. */
export const requiredQuery = (params: StackName) =>
  queryOptions({
    queryKey: ["stack", params, "required"],
    queryFn: () => api.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/policypacks", { params }),
  });

export const groupsOfStackQuery = (params: StackName) =>
  queryOptions({
    queryKey: ["stack", params, "groups"],
    queryFn: () => api.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups", { params }),
  });

export const exceptionsOfStackQuery = ({ orgName, projectName, stackName }: StackName) =>
  infiniteQueryOptions({
    queryKey: ["stack", { orgName, projectName, stackName }, "exceptions"],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/exceptions", {
        params: { orgName },
        query: { stack: `${projectName}/${stackName}`, ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
