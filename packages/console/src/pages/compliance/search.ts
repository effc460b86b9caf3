import { text } from "../../search.ts";

export const readCompliance = (search: Record<string, unknown>) => text(search, "by");
