import type { Db } from "../db/open.ts";
import { executorOf, newBoss } from "./boss.ts";

/** A kind of work that is done later, outside of any request, at least once. */
export interface Job<D extends object> {
  readonly name: string;
  /** How many of it run at once in one server. */
  readonly concurrency: number;
  /** How often it is tried again after it has failed. */
  readonly retries: number;
  /** The first pause, in seconds. Each one after that is about twice as long, with some chance in it. */
  readonly pause: number;
  /** In seconds. After this time a run counts as lost, because its server has died, and the job runs again. */
  readonly longest: number;
  /** Never set: what the job is given. */
  readonly data?: D;
}

/** @example const deliver = defineJob<{ delivery: string }>("deliver", { concurrency: 8, retries: 3, pause: 10, longest: 60 }); */
export function defineJob<D extends object>(name: string, options: Omit<Job<D>, "name" | "data">): Job<D> {
  return { name, ...options };
}

/** It only makes statements, and never starts. */
const statements = newBoss(() => {
  throw new Error("A job is sent with the database of its caller.");
});

/**
 * Puts a job into the queue. It takes the transaction of the change that makes the job necessary, so that either both are
 * stored or neither is.
 *
 * @param options `after`: in seconds, not sooner. `retried`: how often this job was tried already.
 */
export async function send<D extends object>(
  { db }: { db: Db },
  job: Job<D>,
  data: D,
  { after = 0, retried = 0 }: { after?: number; retried?: number } = {},
): Promise<void> {
  const id = await statements.send(job.name, data, {
    db: { executeSql: executorOf(db) },
    retryLimit: Math.max(0, job.retries - retried),
    retryDelay: job.pause * 2 ** retried,
    retryBackoff: job.pause > 0,
    expireInSeconds: job.longest,
    ...(after > 0 && { startAfter: after }),
  });
  // pg-boss says only so that there is no such queue.
  if (id === null) throw new Error(`There is no queue ${job.name}. Jobs must be prepared first.`);
}
