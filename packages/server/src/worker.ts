import { QuillonError } from "@quillon/contract";
import { Tinypool } from "tinypool";
import { foldTask } from "./findings/index.ts";
import { boundsTask, readBodyTask } from "./http/read-body.ts";
import { checkConfigTask, checkPackTask } from "./packs/index.ts";
import { valueTasks } from "./secrets/index.ts";
import {
  applyDeltasTask,
  changesTask,
  fitTask,
  goneTask,
  isRootTask,
  renameTask,
  replayTask,
  resourcesTask,
  secretTextsTask,
} from "./state/index.ts";
import { maskTask } from "./updates/index.ts";
import type { Outcome, Task } from "./workers/pool.ts";

// What a worker thread loads: every task, by its name.
const tasks = new Map<string, Task<never, unknown>>(
  [
    readBodyTask,
    boundsTask,
    foldTask,
    renameTask,
    isRootTask,
    applyDeltasTask,
    replayTask,
    fitTask,
    changesTask,
    goneTask,
    resourcesTask,
    checkConfigTask,
    checkPackTask,
    secretTextsTask,
    maskTask,
    ...valueTasks,
  ].map((task) => [task.name, task]),
);

/** Runs one task. @returns an `Outcome`, marked with the memory that moves with it. */
export async function run({ name, input }: { name: string; input: unknown }): Promise<unknown> {
  const task = tasks.get(name);
  if (!task) throw new Error(`No task is called ${name}.`);
  try {
    const output = await task.run(input as never);
    return moving({ output }, task.moves?.output?.(output) ?? []);
  } catch (error) {
    if (!(error instanceof QuillonError)) throw error;
    const { id, message, details } = error;
    return { refused: { id, message, details } } satisfies Outcome<never>;
  }
}

function moving(outcome: Outcome<unknown>, memory: ArrayBuffer[]): unknown {
  if (memory.length === 0) return outcome;
  const { transferableSymbol, valueSymbol } = Tinypool;
  return Tinypool.move({ [transferableSymbol]: memory, [valueSymbol]: outcome } as never);
}

/** Does nothing. The pool starts a thread for it. */
export function wake(): void {}
