import { text } from "../../search.ts";

/**
 * Which findings are shown, and how. `status`, `severity`, `pack`, `policy`, `group`, `project` and `assignee` may have several values
 * with commas between. `stack` is `project/stack`, `urn` a resource, `view` is `overview`, `grouped` or `blocked`, `by` is what a group has in common (`policy`, or a resource without it), `sort` is a field, after `-` for the greatest first.
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
    "group",
    "project",
    "stack",
    "urn",
    "assignee",
    "sort",
    "by",
  );

export type FindingFilter = ReturnType<typeof readFindingFilter>;

/** Changes some of what is in the URL. */
export type SetFilter = (change: { [K in keyof FindingFilter]?: FindingFilter[K] | undefined }) => void;

/** The word in the URL for what has none, such as the severity of many policies. */
export const NONE = "none";

/** The values of a filter. */
export const valuesOf = (values: string | undefined): string[] => values?.split(",").filter(Boolean) ?? [];
