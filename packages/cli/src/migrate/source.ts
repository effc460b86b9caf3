import type { Untyped } from "./state.ts";
import type { Tags } from "./tags.ts";

/** Where stacks are moved from. */
export interface Source {
  kind: "service" | "backend";
  /** Its URL, without credentials. */
  shown: string;
  list(): Promise<ListedSource[]>;
  /** @throws NotRead when the stack can't be read. */
  read(stack: ListedSource): Promise<SourceStack>;
  /** Its history, the newest first, as JSON. */
  history(stack: ListedSource): Promise<unknown[]>;
  /** @returns the plaintexts of ciphertexts, in base64. Only a service has it. */
  decrypt?(stack: ListedSource, ciphertexts: readonly string[]): Promise<Map<string, string>>;
}

export interface ListedSource {
  /** As the Pulumi CLI names it there. */
  name: string;
  /** Undefined in a backend of the older layout. */
  project: string | undefined;
  stack: string;
}

export interface SourceStack {
  state: Untyped;
  tags: Tags;
  /** Why the tags are not known. */
  tagsProblem?: string;
  /** Of a service. */
  version?: number;
  /** Which operation runs on it. */
  busy?: string;
  /** The names of the secrets in the configuration of its last update. */
  secretConfig: string[];
  /** The environment of Pulumi ESC that has its configuration. */
  environment?: string;
}

/** One stack can't be read, as opposed to a source that does not answer. */
export class NotRead extends Error {}
