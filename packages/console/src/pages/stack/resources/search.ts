import { text } from "../../../search.ts";

/** `text` is a part of a name or type; `violating` is there when only resources with findings are shown. */
export const readResourceFilter = (search: Record<string, unknown>) => text(search, "text", "violating");

export type ResourceFilter = ReturnType<typeof readResourceFilter>;
