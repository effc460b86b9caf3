import type { Api, BodyOf, ReplyOf } from "@quillon/contract";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";
import { type FindingFilter, NONE, valuesOf } from "./search.ts";

type List = Api["POST /api/orgs/{orgName}/policyresults/issues"];
export type Finding = ReplyOf<List>["policyIssues"][number];
type Grid = BodyOf<List>;

/** In findings. */
export const PAGE = 100;

/** What findings can be filtered by, and which of their fields that is. */
export const fields = {
  status: "status",
  severity: "severity",
  pack: "policyPack",
  policy: "policyName",
  project: "entityProject",
  assignee: "assignedTo",
} as const;
export type FilterName = keyof typeof fields;

const equals = (colId: string, value: string) => ({
  filterType: "text",
  type: "equals",
  colId,
  filter: value === NONE ? "" : value,
});

/** @param without a filter that does not count, because its values are asked for. */
function filterModel(filter: FindingFilter, without?: FilterName) {
  const conditions: object[] = Object.entries(fields).flatMap(([name, colId]) => {
    const values = name === without ? [] : valuesOf(filter[name as FilterName]);
    if (values.length === 0) return [];
    return [{ filterType: "join", type: "OR", conditions: values.map((value) => equals(colId, value)) }];
  });
  const [project = "", name = ""] = filter.stack?.split("/") ?? [];
  if (filter.stack) conditions.push(equals("entityProject", project), equals("entityId", name));
  if (filter.urn) conditions.push(equals("resourceURN", filter.urn));
  return { type: "AND", conditions };
}

const whichOf = ({ closed, recent, overdue }: FindingFilter) => ({
  ...(closed && { closed: true }),
  ...(overdue && { overdue: true }),
  ...((recent === "new" || recent === "reopened") && { recent: recent as "new" | "reopened" }),
});

export const sortable = ["severity", "policyName", "status", "priority", "lastModified"] as const;

/** A field, after `-` for the greatest first. The worst come first, and of them those that changed last. */
function sortModel({ sort = "-severity" }: FindingFilter): NonNullable<Grid["sortModel"]> {
  const colId = sortable.find((field) => field === sort.replace(/^-/, "")) ?? "severity";
  const first = { colId, sort: sort.startsWith("-") ? "desc" : "asc" } as const;
  return colId === "lastModified" ? [first] : [first, { colId: "lastModified", sort: "desc" }];
}

export const pageOf = ({ page }: FindingFilter) => Math.max(1, Math.floor(Number(page)) || 1);

export const findingsQuery = (orgName: string, filter: FindingFilter) =>
  queryOptions({
    queryKey: ["findings", orgName, filter],
    queryFn: () => {
      const startRow = (pageOf(filter) - 1) * PAGE;
      return api.call("POST /api/orgs/{orgName}/policyresults/issues", {
        params: { orgName },
        query: whichOf(filter),
        body: {
          startRow,
          endRow: startRow + PAGE,
          filterModel: filterModel(filter),
          sortModel: sortModel(filter),
        },
      });
    },
    // The rows stay while others are read.
    placeholderData: keepPreviousData,
  });

/** The values that a filter can have with the others as they are, the most frequent first. */
export const valuesQuery = (orgName: string, filter: FindingFilter, name: FilterName) =>
  queryOptions({
    queryKey: ["finding-values", orgName, name, { ...filter, [name]: undefined, page: undefined, sort: undefined }],
    queryFn: () =>
      api.call("POST /api/orgs/{orgName}/policyresults/issues/filters", {
        params: { orgName },
        query: whichOf(filter),
        body: { field: fields[name], filterModel: filterModel(filter, name) },
      }),
    placeholderData: keepPreviousData,
  });

/** All findings that match, as CSV. */
export async function exportFindings(orgName: string, filter: FindingFilter): Promise<Blob> {
  const csv = await api.stream("POST /api/orgs/{orgName}/policyresults/issues/export", {
    params: { orgName },
    query: whichOf(filter),
    body: { filterModel: filterModel(filter), sortModel: sortModel(filter) },
  });
  return new Response(csv, { headers: { "content-type": "text/csv" } }).blob();
}

export type FindingGroup = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/finding-groups"]>["groups"][number];

export const groupsQuery = (orgName: string, filter: FindingFilter) => {
  const wanted = (name: FilterName) => valuesOf(filter[name]).map((value) => (value === NONE ? "" : value));
  const query = {
    ...(filter.closed && { closed: true }),
    project: wanted("project"),
    pack: wanted("pack"),
    policy: wanted("policy"),
    severity: wanted("severity"),
    status: wanted("status"),
  };
  return infiniteQueryOptions({
    queryKey: ["finding-groups", orgName, query],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/finding-groups", {
        params: { orgName },
        query: { ...givenOf(query), ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
};

const givenOf = <Q extends Record<string, unknown>>(query: Q): Partial<Q> =>
  Object.fromEntries(
    Object.entries(query).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  ) as Partial<Q>;

export type Prediction = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/predictions"]>["predictions"][number];

export const blockedQuery = (orgName: string, stack: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["predictions", orgName, stack],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/predictions", {
        params: { orgName },
        query: { blocked: true, ...(stack && { stack }), ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });
