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
  group: "policyGroupName",
  project: "entityProject",
  assignee: "assignedTo",
} as const;
export type FilterName = keyof typeof fields;

/** What findings can be grouped by. A stack is `project/stack`. */
const groupable = { ...fields, stack: "stack" } as const;
export type GroupName = keyof typeof groupable;

const equals = (colId: string, value: string) => ({
  filterType: "text",
  type: "equals",
  colId,
  filter: value === NONE ? "" : value,
});

/** @param without a filter that does not count, because its values are asked for. */
function filterModel(filter: FindingFilter, without?: GroupName) {
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

/** The same whatever way it is shown. */
const filterOf = ({ view: _, by: __, ...filter }: FindingFilter) => filter;

/** @param page from 0. */
export const findingsQuery = (orgName: string, search: FindingFilter, page: number) => {
  const filter = filterOf(search);
  return queryOptions({
    queryKey: ["findings", orgName, filter, page],
    queryFn: async () => {
      const reply = await readRows(orgName, filter, page * PAGE, PAGE);
      // Rows of another filter stay while those of this one are read, and then say of which they are.
      return { ...reply, filter };
    },
  });
};

function readRows(orgName: string, filter: FindingFilter, startRow: number, count: number) {
  return api.call("POST /api/orgs/{orgName}/policyresults/issues", {
    params: { orgName },
    query: whichOf(filter),
    body: { startRow, endRow: startRow + count, filterModel: filterModel(filter), sortModel: sortModel(filter) },
  });
}

/** How many findings match, when there are more than the list counts. */
export const countQuery = (orgName: string, search: FindingFilter) => {
  const { sort: _, ...filter } = filterOf(search);
  return queryOptions({
    queryKey: ["finding-count", orgName, filter],
    queryFn: async () => {
      const { values } = await readValues(orgName, filter, "severity", filterModel(filter));
      return values.reduce((sum, { count }) => sum + count, 0);
    },
  });
};

/** The ids of the first that match, as many as can be changed at once. */
export async function readIds(orgName: string, filter: FindingFilter): Promise<string[]> {
  const { policyIssues } = await readRows(orgName, filter, 0, AT_ONCE);
  return policyIssues.map(({ id }) => id);
}

/** How many findings one request changes at most. */
export const AT_ONCE = 1000;

export type BulkTriage = Omit<BodyOf<Api["POST /api/quillon/orgs/{orgName}/findings/triage"]>, "ids">;

export const triageAll = (orgName: string, ids: readonly string[], body: BulkTriage) =>
  api.call("POST /api/quillon/orgs/{orgName}/findings/triage", {
    params: { orgName },
    body: { ids: [...ids], ...body },
  });

const readValues = (orgName: string, filter: FindingFilter, field: string, model: ReturnType<typeof filterModel>) =>
  api.call("POST /api/orgs/{orgName}/policyresults/issues/filters", {
    params: { orgName },
    query: whichOf(filter),
    body: { field, filterModel: model },
  });

export type Heatmap = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/findings/heatmap"]>;

export const heatmapQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["finding-heatmap", orgName],
    queryFn: () => api.call("GET /api/quillon/orgs/{orgName}/findings/heatmap", { params: { orgName } }),
  });

/** The values that a filter can have with the others as they are, the most frequent first. */
export const valuesQuery = (orgName: string, filter: FindingFilter, name: GroupName) =>
  queryOptions({
    queryKey: [
      "finding-values",
      orgName,
      name,
      { ...filter, [name]: undefined, view: undefined, by: undefined, sort: undefined },
    ],
    queryFn: () => readValues(orgName, filter, groupable[name], filterModel(filter, name)),
    placeholderData: keepPreviousData,
  });

/** All findings that match and are in the list, as CSV. */
export const exportCsv = (orgName: string, filter: FindingFilter) =>
  api.stream("POST /api/orgs/{orgName}/policyresults/issues/export", {
    params: { orgName },
    query: whichOf(filter),
    body: { filterModel: filterModel(filter), sortModel: sortModel(filter) },
  });

type ReportFormat = "sarif" | "json" | "junit" | "markdown";

/** Whether a report can be of what is in the list: reports are of what is deployed. */
export const isReportable = ({ closed, recent, overdue, urn }: FindingFilter) => !closed && !recent && !overdue && !urn;

/** All findings that match and are open or excepted. */
export const exportReport = (orgName: string, filter: FindingFilter, format: ReportFormat) =>
  api.stream("GET /api/quillon/orgs/{orgName}/findings/report", {
    params: { orgName },
    query: {
      format,
      ...(filter.stack && { stack: filter.stack }),
      ...givenOf(Object.fromEntries(Object.keys(fields).map((name) => [name, wantedOf(filter, name as FilterName)]))),
    },
  });

const wantedOf = (filter: FindingFilter, name: FilterName) =>
  valuesOf(filter[name]).map((value) => (value === NONE ? "" : value));

export type FindingGroup = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/finding-groups"]>["groups"][number];

export const groupsQuery = (orgName: string, filter: FindingFilter) => {
  const wanted = (name: FilterName) => wantedOf(filter, name);
  const query = {
    ...whichOf(filter),
    ...(filter.stack && { stack: filter.stack }),
    ...(filter.urn && { urn: filter.urn }),
    project: wanted("project"),
    pack: wanted("pack"),
    policy: wanted("policy"),
    group: wanted("group"),
    severity: wanted("severity"),
    status: wanted("status"),
    assignee: wanted("assignee"),
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
