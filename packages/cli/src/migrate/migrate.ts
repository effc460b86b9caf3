import { availableParallelism } from "node:os";
import { atOnce } from "../at-once.ts";
import { type Filter, isWanted } from "./filter.ts";
import { type MovedStack, moveStack } from "./move.ts";
import { type Reference, referencesIn } from "./references.ts";
import type { ListedSource, Source } from "./source.ts";
import { NotRead } from "./source.ts";
import { findHere, type Target } from "./target.ts";
import { isFine } from "./text.ts";

/** Each of a backend is a process of its own, and each state is in memory. */
const MOST_AT_ONCE = 4;

export interface Migration {
  source: Source;
  target: Target;
  filter: Filter;
  applies: boolean;
}

export interface Migrated {
  stacks: MovedStack[];
  references: Reference[];
}

/**
 * Moves the stacks that are wanted, or looks at them.
 *
 * @throws Error when none is wanted, or when the source or Quillon does not answer. What was moved until then stays moved.
 */
export async function migrate({ source, target, filter, applies }: Migration): Promise<Migrated> {
  const listed = await wantedOf(source, filter);
  const moving = { source, target, applies };
  const stacks = await atOnce(atMost(), listed, (one) => moveStack(one, moving));
  return { stacks, references: await readReferences(stacks, target) };
}

async function wantedOf(source: Source, filter: Filter): Promise<ListedSource[]> {
  const all = await source.list();
  const wanted = all.filter((one) => isWanted(one, filter));
  if (all.length > 0 && wanted.length === 0)
    throw new Error(`None of the stacks in ${source.shown} has such a name. It has, for example, ${all[0]?.name}.`);
  return wanted;
}

function atMost(): number {
  return Math.min(MOST_AT_ONCE, availableParallelism());
}

async function readReferences(stacks: readonly MovedStack[], { client, orgName }: Target): Promise<Reference[]> {
  const moved = new Set(stacks.filter(isFine).map(({ project, stack }) => `${project}/${stack}`));
  const referring = stacks.map(({ project = "?", stack, references }) => ({ project, stack, references }));
  const others = [...new Set(referencesIn(referring, orgName, () => true).map(({ becomes }) => becomes))];
  await atOnce(MOST_AT_ONCE, others, async (name) => {
    const [, projectName = "", stackName = ""] = name.split("/");
    const found = await findHere(client, { orgName, projectName, stackName }).catch(() => undefined);
    if (found) moved.add(`${projectName}/${stackName}`);
  });
  return referencesIn(referring, orgName, (name) => moved.has(name));
}

export interface History {
  stack: ListedSource;
  entries?: unknown[];
  /** Why it can't be read. */
  problem?: string;
}

/** The histories of the stacks that are wanted, one after another, because each may be large. */
export async function* readHistories(source: Source, filter: Filter): AsyncGenerator<History> {
  for (const stack of await wantedOf(source, filter)) {
    try {
      yield { stack, entries: await source.history(stack) };
    } catch (error) {
      if (!(error instanceof NotRead)) throw error;
      yield { stack, problem: error.message };
    }
  }
}
