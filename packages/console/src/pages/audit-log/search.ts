import { text } from "../../search.ts";

export const readAuditFilter = (search: Record<string, unknown>) => text(search, "user", "event");
