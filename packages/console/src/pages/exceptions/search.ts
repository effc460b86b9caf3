import { text } from "../../search.ts";

export const readExceptionFilter = (search: Record<string, unknown>) =>
  text(search, "status", "pack", "stack", "order");
