import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Backend } from "./backend.ts";
import { type ListedStack, namesOf, readStacks } from "./history.ts";
import { type Pulumi, PulumiFailed } from "./pulumi.ts";

export interface Listing {
  stacks: ListedStack[];
  /** Why the CLI could not list them, if so: the state of one of them can't be read. It does not say of which. */
  problem?: string;
}

/**
 * The stacks of a backend. Where the CLI can't list them, those of a folder are listed by the names of their files.
 *
 * @throws Error when they can't be listed.
 */
export async function listStacks(pulumi: Pulumi, { folder, known }: Backend): Promise<Listing> {
  try {
    return { stacks: readStacks((await pulumi(["stack", "ls", "--all", "--json"])).toString()) };
  } catch (error) {
    if (!(error instanceof PulumiFailed)) throw error;
    const problem = error.message;
    const files = folder && (await readdir(join(folder, ".pulumi", "stacks"), { recursive: true }).catch(() => []));
    const stacks = (files || []).flatMap(stackOfFile);
    if (stacks.length > 0) return { stacks, problem };
    throw new Error(`The stacks of ${known} can't be listed. The Pulumi CLI says: ${problem}`);
  }
}

/** @param path below the folder of states: `project/stack.json`, or `stack.json` in the older layout. */
export function stackOfFile(path: string): ListedStack[] {
  const parts = path.split(/[\\/]/);
  const [, stack] = /^(.+)\.json(?:\.gz)?$/.exec(parts.at(-1) ?? "") ?? [];
  if (!stack || parts.length > 2) return [];
  return [namesOf(parts.length === 2 ? `organization/${parts[0]}/${stack}` : stack)];
}
