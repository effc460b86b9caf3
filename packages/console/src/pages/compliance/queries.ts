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
export type Receipt = ReplyOf<Receipts>["receipts"][number];
/** `either`: missing or incomplete. */
export type ReceiptChoice = Receipt["status"] | "either";

/** As many days as the overview counts. */
export const DAYS = 7;

export const receiptsQuery = (orgName: string, choice: ReceiptChoice) =>
  infiniteQueryOptions({
    queryKey: ["receipts", orgName, choice],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/receipts", {
        params: { orgName },
        query: {
          status: choice === "either" ? ["missing", "incomplete"] : choice,
          dryRun: false,
          days: DAYS,
          ...(continuationToken && { continuationToken }),
        },
      }),
    ...byContinuation,
  });

type GroupPolicies = Api["POST /api/orgs/{orgName}/policyresults/policies"];
export type GroupPolicy = ReplyOf<GroupPolicies>["policies"][number];

/** In rows. */
const PAGE = 100;

/** The policies of each group, those that most resources fail first. */
export const groupPoliciesQuery = (orgName: string) =>
  infiniteQueryOptions({
    queryKey: ["group-policies", orgName],
    queryFn: ({ pageParam: startRow }) =>
      api.call("POST /api/orgs/{orgName}/policyresults/policies", {
        params: { orgName },
        body: {
          startRow,
          endRow: startRow + PAGE,
          sortModel: [{ colId: "failingResources", sort: "desc" }],
        },
      }),
    initialPageParam: 0,
    getNextPageParam: ({ policies, totalCount }, _pages, startRow) => {
      const next = startRow + policies.length;
      return policies.length > 0 && next < totalCount ? next : undefined;
    },
  });
