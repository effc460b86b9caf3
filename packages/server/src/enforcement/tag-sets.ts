import { isDeepStrictEqual } from "node:util";
import type { Tags } from "@quillon/contract";

/** Tags that an update will write when it starts, as far as they are known when it is created. */
export interface BroughtTags {
  /** From the program: its project file and its configuration. */
  program: Tags;
  /** From its git repository. The client finds them again when it starts the update, and may find others. */
  git: Tags;
}

/**
 * The sets of tags that count for what an update must run: those that the stack has, and those that it will have when the
 * update has started. A group counts if it takes in the stack with any of them. So a program can bring its stack into
 * groups by its tags, but it never runs without the packs of a group that its stack is in.
 */
export function tagSetsOf(stored: Tags, { program, git }: BroughtTags): Tags[] {
  const withProgram = { ...stored, ...program };
  return distinct([stored, withProgram, { ...withProgram, ...git }]);
}

/** Whether the tags that an update sends when it starts are one of the sets from which it was settled what it must run. */
export function isSettled(sent: Tags, settled: readonly Tags[]): boolean {
  return settled.some((tags) => isDeepStrictEqual(asSettled(sent, tags), tags));
}

/**
 * The sent tags, but with those of the settled ones that can differ although nobody changed anything: tags from git, and
 * an empty description, because the request that creates an update has an empty one for programs without any.
 */
export function asSettled(sent: Tags, settled: Tags): Tags {
  const differs = (name: string) => name.startsWith("vcs:") || (name === "pulumi:description" && sent[name] === "");
  return Object.fromEntries([
    ...Object.entries(sent).filter(([name]) => !differs(name)),
    ...Object.entries(settled).filter(([name]) => differs(name)),
  ]);
}

function distinct(sets: readonly Tags[]): Tags[] {
  return sets.filter((tags, index) => sets.findIndex((other) => isDeepStrictEqual(other, tags)) === index);
}
