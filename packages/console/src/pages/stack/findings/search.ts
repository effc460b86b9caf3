import { text } from "../../../search.ts";

/** Which findings of a stack are shown: `show` is open, excepted, ended, predicted or checked. */
export const readStackFindings = (search: Record<string, unknown>) =>
  text(search, "show", "severity", "pack", "resource");

export type StackFindingFilter = ReturnType<typeof readStackFindings>;
