import { text } from "../../search.ts";

/**
 * Which findings are shown, and how. `status`, `severity`, `pack`, `policy`, `project` and `assignee` may have several values with
 * commas between. `stack` is `project/stack`, `urn` a resource, `view` is `grouped` or `blocked`, `sort` is a field, after `-` for the greatest first.
 */
export const readFindingFilter = (search: Record<string, unknown>) =>
  text(
    search,
    "view",
    "closed",
    "recent",
    "overdue",
    "status",
    "severity",
    "pack",
    "policy",
    "project",
    "stack",
    "urn",
    "assignee",
    "sort",
    "page",
  );

export type FindingFilter = ReturnType<typeof readFindingFilter>;

/** Changes some of what is in the URL. Every change of a filter begins with the first page. */
export type SetFilter = (change: { [K in keyof FindingFilter]?: FindingFilter[K] | undefined }) => void;

/** The word in the URL for what has none, such as the severity of many policies. */
export const NONE = "none";

/** The values of a filter. */
export const valuesOf = (values: string | undefined): string[] => values?.split(",").filter(Boolean) ?? [];
