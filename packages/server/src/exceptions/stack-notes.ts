import type { OlderCliEffect } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { listVersionsInUse } from "../groups/index.ts";
import { listClientVersions } from "../updates/index.ts";
import { stacksOf, type Wish } from "./check.ts";
import { engineAppliesExceptions } from "./clients.ts";
import { effectOf } from "./older-clis.ts";
import { findReadable } from "./stack-queries.ts";
import type { StackOfUrn } from "./urn.ts";

/** What somebody who makes an exception should know of its pack, and of the stacks that its URNs name. */
export interface StackNotes {
  pack: string;
  /** Where a client that does not know exceptions runs the pack. */
  effect: OlderCliEffect;
  /** As `project/stack`, of which the caller can read none of that name. */
  unknown: readonly string[];
  /** Whose last run was of a client that does not know exceptions. */
  older: readonly (StackOfUrn & { version: string })[];
}

/** Of the pack of an exception, and the stacks that its entries name. */
export function notesOf(ctx: OrgCtx, { pack, match }: Pick<Wish, "pack" | "match">): Promise<StackNotes> {
  return noteStacks(ctx, pack, stacksOf(match));
}

/** Of more stacks it is not asked with which client they were run. */
const ASKED = 100;

export async function noteStacks(ctx: OrgCtx, pack: string, stacks: readonly StackOfUrn[]): Promise<StackNotes> {
  const found = new Map((await findReadable(ctx, stacks)).map((one) => [one.id, one]));
  const known = new Set([...found.values()].map(({ project, name }) => `${project}/${name}`));
  const versions = await listClientVersions(ctx.db, [...found.keys()].slice(0, ASKED));
  return {
    pack,
    effect: effectOf(await listVersionsInUse(ctx.db, ctx.org.id, pack)),
    unknown: stacks.map(({ project, stack }) => `${project}/${stack}`).filter((name) => !known.has(name)),
    older: versions.flatMap(({ stackId, version }) => {
      const stack = found.get(stackId);
      return stack && !engineAppliesExceptions(version) ? [{ project: stack.project, stack: stack.name, version }] : [];
    }),
  };
}
