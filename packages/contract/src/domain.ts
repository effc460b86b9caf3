import type { Static } from "typebox";
import type { StackTags } from "./names.ts";

/** Words of the field as types, for server, command line and console. */

export type Tags = Static<typeof StackTags>;

/** What an update does. `import` and `rename` change a stack's state without running a program. */
export type UpdateKind = "update" | "preview" | "refresh" | "destroy" | "import" | "rename";
export type UpdateStatus = "not-started" | "running" | "succeeded" | "failed" | "cancelled";

/** What a policy group holds. */
export type EntityType = "stacks" | "accounts";

/** Whether a policy group's packs run in every update (`preventative`) or look at what exists already (`audit`). */
export type GroupMode = "preventative" | "audit";

/** What `pulumi policy publish` sent about a version of a pack, kept as it came. */
export interface PackMetadata {
  displayName?: string;
  policies: { name: string; configSchema?: ConfigSchema }[];
  [field: string]: unknown;
}

/** JSON Schema of a policy's configuration, as its pack wrote it. */
export interface ConfigSchema {
  properties?: Record<string, unknown>;
  required?: string[];
  [keyword: string]: unknown;
}
