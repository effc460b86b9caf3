import { text } from "../../search.ts";

/** Which tab is open, another version to compare with, and which policies are looked for. */
export const readVersionSearch = (search: Record<string, unknown>) => text(search, "tab", "with", "find");
