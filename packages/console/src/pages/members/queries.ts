import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";

export const membersQuery = (orgName: string) =>
  infiniteQueryOptions({
    queryKey: ["members", orgName],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/orgs/{orgName}/members", {
        params: { orgName },
        query: { ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
