import { MOST_TAGS, newError, type Tags } from "@quillon/contract";
import type { BroughtTags } from "../../enforcement/index.ts";

/** The part of a request for an update that says which tags the client will send when it starts the update. */
export interface ProgramRequest {
  name?: string;
  runtime?: string;
  description?: string;
  config?: Record<string, { string?: string; object?: boolean }>;
  metadata?: { environment?: Record<string, string> };
}

const fromGit = { "vcs.owner": "vcs:owner", "vcs.repo": "vcs:repo", "vcs.kind": "vcs:kind", "vcs.root": "vcs:root" };

/**
 * The tags that the CLI will add to the stack's when it starts the update:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/stack.go#L178
 *
 * @throws stack_tags_many
 */
export function tagsOfProgram({ name, runtime, description, config, metadata }: ProgramRequest): BroughtTags {
  // An empty description is that of a project with none. An empty runtime is sent as a tag, for example by a destroy
  // outside of the project's folder.
  const project = { "pulumi:project": name, "pulumi:runtime": runtime, "pulumi:description": description || undefined };
  const environment = metadata?.environment ?? {};
  const git = Object.entries(fromGit).map(([from, to]) => [to, environment[from]] as const);
  return {
    program: { ...present(Object.entries(project)), ...configured(config?.["pulumi:tags"]) },
    git: present(git),
  };
}

function present(tags: readonly (readonly [name: string, value: string | undefined])[]): Tags {
  return Object.fromEntries(tags.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/**
 * The CLI itself refuses to start with a value that is not an object of strings.
 *
 * @throws stack_tags_many, because the start would be refused as well.
 */
function configured(value: { string?: string; object?: boolean } | undefined): Tags {
  const entries = Object.entries(value?.object ? parseObject(value.string) : {});
  if (entries.length > MOST_TAGS) throw newError("stack_tags_many", { most: MOST_TAGS });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function parseObject(text = ""): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
