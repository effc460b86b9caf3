import type { Api, QueryOf, ReplyOf } from "@quillon/contract";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";

type Scores = Api["GET /api/quillon/orgs/{orgName}/compliance"];
export type By = NonNullable<QueryOf<Scores>["by"]>;
export type Score = ReplyOf<Scores>["scores"][number];

export const scoresQuery = (orgName: string, by: By) =>
  infiniteQueryOptions({
    queryKey: ["compliance", orgName, by],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/compliance", {
        params: { orgName },
        query: { by, ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });

type Stacks = Api["GET /api/quillon/orgs/{orgName}/overview/stacks"];
export type StackState = QueryOf<Stacks>["state"];
export type StackInState = ReplyOf<Stacks>["stacks"][number];

export const stacksInQuery = (orgName: string, state: StackState) =>
  infiniteQueryOptions({
    queryKey: ["stacks-in", orgName, state],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/overview/stacks", {
        params: { orgName },
        query: { state, ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });

type Receipts = Api["GET /api/quillon/orgs/{orgName}/receipts"];
export type ReceiptStatus = NonNullable<QueryOf<Receipts>["status"]>;
export type Receipt = ReplyOf<Receipts>["receipts"][number];

/** As many days as the overview counts. */
export const DAYS = 7;

export const receiptsQuery = (orgName: string, status: ReceiptStatus) =>
  infiniteQueryOptions({
    queryKey: ["receipts", orgName, status],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/receipts", {
        params: { orgName },
        query: { status, dryRun: false, days: DAYS, ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
