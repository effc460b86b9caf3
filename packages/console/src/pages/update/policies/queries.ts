import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../../api.ts";
import { byContinuation } from "../../../shared/more.tsx";
import type { Run } from "../../../shared/runs.tsx";
import type { RunName } from "../queries.ts";

// The status is a part of each key, so that what a run reported last is read once more when it has ended.

/** The packs and policies of a run, and how often each ended in which way. */
export const countsQuery = (params: RunName, run: Run) =>
  queryOptions({
    queryKey: ["run", params, "results", run.status, "counts"],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/counts", {
        params,
      }),
    placeholderData: keepPreviousData,
  });

/** Which results: those of one policy, or all, those of one resource after each other. */
export interface ResultFilter {
  by?: "resource";
  pack?: string;
  version?: string;
  policy?: string;
}

/** The worst first. */
export const resultsQuery = (params: RunName, run: Run, filter: ResultFilter) =>
  infiniteQueryOptions({
    queryKey: ["run", params, "results", run.status, filter],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/list", {
        params,
        query: { ...filter, ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
    placeholderData: keepPreviousData,
  });
