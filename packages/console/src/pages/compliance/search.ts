import { text } from "../../search.ts";

/** `by` also is `group`, `coverage`, whose rows are in the `state`, or `receipts`, whose rows have the `status`. */
export const readCompliance = (search: Record<string, unknown>) => text(search, "by", "state", "status");

export type ComplianceSearch = ReturnType<typeof readCompliance>;
