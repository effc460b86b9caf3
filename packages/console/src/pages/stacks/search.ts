import { text } from "../../search.ts";

/** What the list of stacks is filtered by: a part of `project/stack`, and a tag as `name` or `name:value`. */
export const readStackFilter = (search: Record<string, unknown>) => text(search, "name", "tag");

export type StackFilter = ReturnType<typeof readStackFilter>;
