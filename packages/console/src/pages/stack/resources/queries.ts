import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "../../../api.ts";
import { byContinuation } from "../../../shared/more.tsx";
import type { StackName } from "../queries.ts";

export const resourcesQuery = (params: StackName) =>
  infiniteQueryOptions({
    queryKey: ["stack", params, "resources"],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/resources", {
        params,
        query: { ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
