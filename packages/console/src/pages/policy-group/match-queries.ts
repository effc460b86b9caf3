import type { Selector } from "@quillon/contract";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

export const SHOWN_MATCHES = 20;

/** The first stacks that a rule takes in, and how many there are. */
export const selectorMatchesQuery = (orgName: string, selector: Selector, search = "") =>
  queryOptions({
    queryKey: ["stacks", orgName, "selected", selector, search],
    queryFn: () =>
      api.call("POST /api/quillon/orgs/{orgName}/selector/matches", {
        params: { orgName },
        query: { count: SHOWN_MATCHES },
        body: { selector, ...(search && { search }) },
      }),
    placeholderData: keepPreviousData,
  });

export const ruleMatchesQuery = (orgName: string, stackMatchRule: { __type: string }) =>
  queryOptions({
    queryKey: ["stacks", orgName, "matching", JSON.stringify(stackMatchRule)],
    queryFn: () =>
      api.call("POST /api/orgs/{orgName}/policygroups/stackmatchrule/preview", {
        params: { orgName },
        query: { count: SHOWN_MATCHES },
        body: { stackMatchRule },
      }),
    placeholderData: keepPreviousData,
  });

/** Every stack of the organization. */
export const everyStack: Selector = { all: [{ project: "*" }] };
