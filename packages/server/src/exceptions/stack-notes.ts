import type { OrgCtx } from "../context.ts";
import { listClientVersions } from "../updates/index.ts";
import { stacksOf } from "./check.ts";
import { engineAppliesExceptions } from "./clients.ts";
import type { MatchEntry } from "./exception.ts";
import { findReadable } from "./stack-queries.ts";
import type { StackOfUrn } from "./urn.ts";

/** What somebody who makes an exception should know of the stacks that its URNs name, each as `project/stack`. */
export interface StackNotes {
  /** Of which the caller can read none of that name. */
  unknown: readonly string[];
  /** Whose last run was of a client that does not know exceptions. There only packs that know them apply them. */
  older: readonly { stack: string; version: string }[];
}

/** Of the stacks that the entries of an exception name. */
export function notesOf(ctx: OrgCtx, match: readonly MatchEntry[]): Promise<StackNotes> {
  return noteStacks(ctx, stacksOf(match));
}

/** Of more stacks it is not asked with which client they were run. */
const ASKED = 100;

export async function noteStacks(ctx: OrgCtx, stacks: readonly StackOfUrn[]): Promise<StackNotes> {
  const found = await findReadable(ctx, stacks);
  const names = new Map(found.map(({ id, project, name }) => [id, `${project}/${name}`]));
  const known = new Set(names.values());
  const versions = await listClientVersions(ctx.db, [...names.keys()].slice(0, ASKED));
  return {
    unknown: stacks.map(({ project, stack }) => `${project}/${stack}`).filter((name) => !known.has(name)),
    older: versions
      .filter(({ version }) => !engineAppliesExceptions(version))
      .map(({ stackId, version }) => ({ stack: names.get(stackId) ?? "", version })),
  };
}
