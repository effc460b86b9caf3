import { text } from "../../search.ts";

/** What the list of stacks is filtered by. A tag is `name` or `name:value`. */
export const readStackFilter = (search: Record<string, unknown>) => text(search, "project", "tag");

export type StackFilter = ReturnType<typeof readStackFilter>;
