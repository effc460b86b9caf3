import { pathToFileURL } from "node:url";
import { type Task, Workers } from "../workers/pool.ts";

/**
 * Worker threads that no task's time ends. The time begins before its thread has started, which on a busy
 * machine may take longer than the task.
 */
class PatientWorkers extends Workers {
  override run<I, O>(task: Task<I, O>, input: I, size: number): Promise<O> {
    return super.run(task, input, size);
  }
}

/** The threads load one file that was made of the source before the tests. */
export function openWorkers(): Workers {
  const made = process.env.QUILLON_TEST_WORKER;
  return new PatientWorkers(made ? pathToFileURL(made) : new URL("../worker.ts", import.meta.url));
}
