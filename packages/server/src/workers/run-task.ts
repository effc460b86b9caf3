import { QuillonError } from "@quillon/contract";
import { Tinypool } from "tinypool";
import type { Outcome, Task } from "./pool.ts";

export interface Asked {
  /** Of the task. */
  name: string;
  input: unknown;
}

/**
 * What runs tasks in a worker thread. A file of tasks is bundled by itself, so it has its own class of errors and must catch them itself.
 *
 * @returns undefined when there is no task of that name, and otherwise an `Outcome`, marked with the memory that moves with it.
 */
export function runnerOf(some: readonly Task<never, unknown>[]): (asked: Asked) => Promise<unknown> | undefined {
  const tasks = new Map(some.map((task) => [task.name, task]));
  return ({ name, input }) => {
    const task = tasks.get(name);
    return task && runTask(task, input);
  };
}

async function runTask(task: Task<never, unknown>, input: unknown): Promise<unknown> {
  try {
    const output = await task.run(input as never);
    return moving({ output }, task.moves?.output?.(output as never) ?? []);
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
