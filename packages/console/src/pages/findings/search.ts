import { text } from "../../search.ts";

export const readFindingFilter = (search: Record<string, unknown>) =>
  text(search, "status", "severity", "pack", "policy", "stack", "closed");
