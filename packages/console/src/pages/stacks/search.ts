import { text } from "../../search.ts";

export const compliances = ["failing", "passing", "stale", "ungoverned"] as const;
export type Compliance = (typeof compliances)[number];

/**
 * What the list of stacks is filtered by: a part of `project/stack`, a tag as `name` or `name:value`, and what was evaluated of them
 * last.
 */
export function readStackFilter(search: Record<string, unknown>): {
  name?: string;
  tag?: string;
  compliance?: Compliance;
} {
  const compliance = compliances.find((one) => one === search.compliance);
  return { ...text(search, "name", "tag"), ...(compliance && { compliance }) };
}

export type StackFilter = ReturnType<typeof readStackFilter>;
