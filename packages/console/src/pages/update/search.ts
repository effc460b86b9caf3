import { text } from "../../search.ts";

/** `by` is `resource` when results are grouped by resource instead of by policy. */
export const readRunView = (search: Record<string, unknown>) => text(search, "tab", "by");

export type RunView = ReturnType<typeof readRunView>;
