import { newError } from "@quillon/contract";

/** What findings are filtered by. */
export const filterFields = [
  "severity",
  "priority",
  "status",
  "policyPack",
  "policyName",
  "policyGroupName",
  "entityType",
  "entityProject",
  "entityId",
  // Ours: PROJECT/STACK, because a stack's name alone is not one stack.
  "stack",
  "resourceType",
  "resourceURN",
  "assignedTo",
] as const;
export type FilterField = (typeof filterFields)[number];

export const sortFields = [
  "severity",
  "priority",
  "status",
  "observedAt",
  "lastModified",
  "policyPack",
  "policyName",
  "policyGroupName",
  "resourceType",
  "level",
] as const;
export type SortField = (typeof sortFields)[number];

/** An empty `all` or `any` is no condition. */
export type Condition<F extends string = FilterField> =
  | { all: Condition<F>[] }
  | { any: Condition<F>[] }
  | { field: F; value: string };

export interface Rows {
  start: number;
  count: number;
}

export type Sort<F extends string = SortField> = { field: F; descending: boolean }[];

/** In levels below the outermost. */
const DEEPEST = 5;
const MOST_CONDITIONS = 500;
const PAGE = 100;
const LARGEST_PAGE = 1000;

/** A node of a filter as it is sent. */
interface Node {
  colId?: unknown;
  filter?: unknown;
  filterType?: unknown;
  type?: unknown;
  conditions?: unknown;
}

/** @throws grid_refused for a field that findings can't be filtered by. */
export function readField(field: string): FilterField {
  return known(field, filterFields);
}

/**
 * What an AG Grid filter says, as newer Pulumi CLIs send it. Null is no filter.
 *
 * @param fields by which the list can be filtered.
 * @throws grid_refused
 */
export function readFilter<F extends string = FilterField>(
  model: { type: string; conditions?: unknown } | null | undefined,
  fields: readonly F[] = filterFields as readonly string[] as readonly F[],
): Condition<F> {
  if (!model) return { all: [] };
  let left = MOST_CONDITIONS;
  const read = (node: Node, depth: number): Condition<F> => {
    left -= 1;
    if (left < 0) throw newError("grid_refused", { problem: "too_many", limit: MOST_CONDITIONS });
    if (depth > DEEPEST) throw newError("grid_refused", { problem: "too_deep", limit: DEEPEST });
    const { colId, filter, filterType, type, conditions } = node ?? {};
    if (filterType === "text" && type === "equals" && typeof filter === "string")
      return { field: known(shown(colId), fields), value: filter };
    if (filterType !== "join" || (type !== "AND" && type !== "OR"))
      throw newError("grid_refused", { problem: "kind", found: `${shown(filterType)} ${shown(type)}` });
    const inner = (Array.isArray(conditions) ? conditions : []).map((one) => read(one, depth + 1));
    return type === "AND" ? { all: inner } : { any: inner };
  };
  return read({ ...model, filterType: "join" }, 0);
}

type SortModel = readonly { colId: string; sort: "asc" | "desc" }[] | null | undefined;

/** @throws grid_refused */
export function readSort(model: SortModel): Sort {
  const sort = readSortOf(model, sortFields);
  return sort.length > 0 ? sort : [{ field: "lastModified", descending: true }];
}

/** @throws grid_refused for a field that is none of these. */
export function readSortOf<F extends string>(model: SortModel, fields: readonly F[]): Sort<F> {
  return (model ?? []).map(({ colId, sort }) => ({ field: known(colId, fields), descending: sort === "desc" }));
}

/** @throws grid_refused when there are none, or too many. */
export function readRows(startRow: number | null | undefined, endRow: number | null | undefined): Rows {
  const start = startRow ?? 0;
  const count = (endRow ?? start + PAGE) - start;
  if (count <= 0 || count > LARGEST_PAGE || start > 1e9) {
    throw newError("grid_refused", { problem: "rows", limit: LARGEST_PAGE });
  }
  return { start, count };
}

/** A value that should be a text, for a message. Not every other value can be one. */
function shown(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 100) : typeof value;
}

function known<F extends string>(field: string, fields: readonly F[]): F {
  const found = fields.find((one) => one === field);
  if (!found) throw newError("grid_refused", { problem: "field", field: shown(field), known: fields.join(", ") });
  return found;
}
