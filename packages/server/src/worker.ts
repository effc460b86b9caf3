import { foldTask } from "./findings/index.ts";
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
import { type Asked, runnerOf } from "./workers/run-task.ts";

// What a worker thread loads when it starts. Each large task has a thread of its own, so this must be little.
const runOne = runnerOf([
  foldTask,
  renameTask,
  isRootTask,
  applyDeltasTask,
  replayTask,
  fitTask,
  changesTask,
  goneTask,
  resourcesTask,
  secretTextsTask,
  maskTask,
  ...valueTasks,
]);

/** Runs one task. @returns an `Outcome`, marked with the memory that moves with it. */
export async function run(asked: Asked): Promise<unknown> {
  const checks = () => import("./check-tasks.ts").then(({ run }) => run(asked));
  const outcome = await (runOne(asked) ?? checks());
  if (outcome === undefined) throw new Error(`No task is called ${asked.name}.`);
  return outcome;
}

/** Does nothing. The pool starts a thread for it. */
export function wake(): void {}
