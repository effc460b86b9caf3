import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../../api.ts";
import { byContinuation } from "../../../shared/more.tsx";
import type { StackName } from "../queries.ts";
import type { StackFindingFilter } from "./search.ts";

const PAGE = 100;

const equals = (colId: string, filter: string) => ({ filterType: "text", type: "equals", colId, filter });

/** The statuses of findings that are none any more, apart from those that are let through. One that is withdrawn has `ignored`. */
const ENDED = ["fixed", "ignored"];

function statusesOf(show: string | undefined): string[] {
  if (show === "ended") return ENDED;
  return show === "excepted" ? [show] : [];
}

function filterOf({ projectName, stackName }: StackName, { show, severity, pack, resource }: StackFindingFilter = {}) {
  const statuses = statusesOf(show).map((status) => equals("status", status));
  return {
    type: "AND",
    conditions: [
      equals("entityProject", projectName),
      equals("entityId", stackName),
      ...(statuses.length > 0 ? [{ filterType: "join", type: "OR", conditions: statuses }] : []),
      ...(severity ? [equals("severity", severity)] : []),
      ...(pack ? [equals("policyPack", pack)] : []),
      ...(resource ? [equals("resourceURN", resource)] : []),
    ],
  };
}

/** The worst first. */
export const stackFindingsQuery = (name: StackName, filter: StackFindingFilter) =>
  infiniteQueryOptions({
    queryKey: ["stack", name, "findings", filter],
    queryFn: ({ pageParam: startRow }) =>
      api.call("POST /api/orgs/{orgName}/policy/findings", {
        params: { orgName: name.orgName },
        query: { closed: statusesOf(filter.show).length > 0 },
        body: {
          startRow,
          endRow: startRow + PAGE,
          filterModel: filterOf(name, filter),
          sortModel: [{ colId: "severity", sort: "desc" }],
        },
      }),
    initialPageParam: 0,
    getNextPageParam: ({ rowCount, policyIssues }, _, start) =>
      policyIssues.length > 0 && start + policyIssues.length < rowCount ? start + policyIssues.length : undefined,
  });

/** What previews showed of the stack that is not deployed. */
export const stackPredictionsQuery = ({ orgName, projectName, stackName }: StackName) =>
  infiniteQueryOptions({
    queryKey: ["stack", { orgName, projectName, stackName }, "predictions"],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/predictions", {
        params: { orgName },
        query: { stack: `${projectName}/${stackName}`, ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });

/** What policies said of the stack's state when it was checked last. */
export const checkQuery = ({ orgName, projectName, stackName }: StackName) =>
  queryOptions({
    queryKey: ["stack", { orgName, projectName, stackName }, "check"],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check", {
        params: { orgName, projectName, stackName },
      }),
  });

/** How many findings of a stack have each value of a field. */
async function countBy(field: string, name: StackName, which: { closed: boolean } & StackFindingFilter) {
  const { closed, ...filter } = which;
  const { values } = await api.call("POST /api/orgs/{orgName}/policy/findings/filters", {
    params: { orgName: name.orgName },
    query: { closed },
    body: { field, filterModel: filterOf(name, filter) },
  });
  return new Map(values.map(({ name: value, count }) => [value, count]));
}

/** How many findings each resource has that are open, and that are let through, by its URN. */
export const findingsByResourceQuery = (name: StackName) =>
  queryOptions({
    queryKey: ["stack", name, "findings-by-resource"],
    queryFn: async () => {
      const [open, excepted] = await Promise.all([
        countBy("resourceURN", name, { closed: false }),
        countBy("resourceURN", name, { closed: true, show: "excepted" }),
      ]);
      return { open, excepted };
    },
  });

/** How many findings the stack has of each kind that can be shown. */
export const findingCountsQuery = (name: StackName) =>
  queryOptions({
    queryKey: ["stack", name, "finding-counts"],
    queryFn: async () => {
      const [active, closed] = await Promise.all([
        countBy("status", name, { closed: false }),
        countBy("status", name, { closed: true }),
      ]);
      const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
      const excepted = closed.get("excepted") ?? 0;
      return { open: sum(active.values()), excepted, ended: sum(closed.values()) - excepted };
    },
  });
