import { text } from "../../search.ts";

/** What the form is filled in with. */
export const readNewException = (search: Record<string, unknown>) => text(search, "finding", "pack", "policy", "urn");
