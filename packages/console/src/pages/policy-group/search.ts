import { text } from "../../search.ts";

/** Which tab is open, or which pack's configuration, for which version of it. */
export const readGroupSearch = (search: Record<string, unknown>) => text(search, "tab", "pack", "version");
