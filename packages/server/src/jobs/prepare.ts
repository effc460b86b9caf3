import { despiteConflicts } from "../db/conflicts.ts";
import type { Db } from "../db/open.ts";
import { newBoss, ownExecutorOf } from "./boss.ts";
import type { Job } from "./job.ts";

/**
 * Makes the schema `pgboss`, or brings it up to date, and the queues of the jobs. It must be done before a request may send
 * one. Several servers may do it at the same time.
 */
export async function prepareJobs(db: Db, jobs: readonly Pick<Job<never>, "name">[]): Promise<void> {
  const boss = newBoss(ownExecutorOf(db));
  boss.on("error", () => {});
  await boss.start();
  // Of two that make the same queue at the same time, PostgreSQL ends one: each waits for what the other has locked.
  for (const { name } of jobs) await despiteConflicts(() => boss.createQueue(name));
  await boss.stop({ graceful: false });
}
