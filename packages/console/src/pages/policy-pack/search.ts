import { text } from "../../search.ts";

export const readPackSearch = (search: Record<string, unknown>) => text(search, "tab", "find");
