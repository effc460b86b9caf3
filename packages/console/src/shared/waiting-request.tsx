import { Text } from "@mantine/core";
import type { Api, ReplyOf } from "@quillon/contract";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "../api.ts";
import { Go } from "./links.tsx";
import { Time } from "./time.tsx";

type Request = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/exception-requests"]>["requests"][number];

/** The newest requests that wait for somebody to agree; all for who may agree, others their own. */
const waitingQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["exception-requests", orgName, "pending"],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/exception-requests", {
        params: { orgName },
        query: { status: "pending" },
      }),
    staleTime: 30_000,
  });

interface Violation {
  pack: string;
  policy: string;
  urn: string;
}

/** Finds the request of an exception that would let a violation through. */
export function useWaitingRequests(org: string): (violation: Violation) => Request | undefined {
  const { data } = useQuery(waitingQuery(org));
  return ({ pack, policy, urn }) =>
    data?.requests.find(
      ({ policyPack, match }) =>
        policyPack === pack &&
        match.some(({ policies, targets }) => policies.includes(policy) && targets.includes(urn)),
    );
}

/** How many requests wait for somebody to agree. */
export function useWaitingCount(org: string): string {
  const { data } = useQuery(waitingQuery(org));
  if (!data || data.requests.length === 0) return "";
  return `${data.requests.length}${data.continuationToken ? "+" : ""}`;
}

/** That an exception was asked for, and by whom. */
export function WaitingRequest({ org, request: { id, createdBy, createdAt } }: { org: string; request: Request }) {
  return (
    <Text size="sm" className="text">
      <Go to="/$org/insights/exceptions" params={{ org }} search={{ view: "requests", request: id }}>
        An exception was asked for
      </Go>{" "}
      by {createdBy?.githubLogin ?? "somebody who left"} <Time at={createdAt} />, and waits for somebody else to agree.
    </Text>
  );
}
