import type { Static } from "typebox";
import type { StackTags } from "./names.ts";

/** Domain types that the server, the command line and the console share. */

export type Tags = Static<typeof StackTags>;

/** What an update does. `import` and `rename` change a stack's state without running a program. */
export type UpdateKind = "update" | "preview" | "refresh" | "destroy" | "import" | "rename";
export type UpdateStatus = "not-started" | "running" | "succeeded" | "failed" | "cancelled";

/** What a policy group holds. */
export type EntityType = "stacks" | "accounts";

/** `preventative`: the policy group's packs run in every update. `audit`: they check resources that already exist. */
export type GroupMode = "preventative" | "audit";

/** What `pulumi policy publish` sent about a version of a pack, stored unchanged. */
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
