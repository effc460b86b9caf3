import { type Task, Workers } from "../workers/pool.ts";

/**
 * Worker threads that no task's time ends. The time begins before its thread has loaded the server's source, which alone takes longer
 * than ten seconds while other tests run.
 */
class PatientWorkers extends Workers {
  override run<I, O>(task: Task<I, O>, input: I, size: number): Promise<O> {
    return super.run(task, input, size);
  }
}

export function openWorkers(): Workers {
  return new PatientWorkers(new URL("../worker.ts", import.meta.url));
}
