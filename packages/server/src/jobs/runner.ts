import { setTimeout as timer } from "node:timers/promises";
import type PgBoss from "pg-boss";
import type { Log } from "../context.ts";
import type { Db } from "../db/open.ts";
import { executorOf, newBoss, ownExecutorOf } from "./boss.ts";
import { type Job, send } from "./job.ts";

/**
 * How a run of a job has ended. `failed` is tried again after a pause, if it was not the last time. With `later` it was not
 * even tried, and comes again after so many seconds.
 */
export type Outcome = "done" | "failed" | { later: number };

/** @param last whether it is not tried again. */
type Work<D> = (data: D, last: boolean) => Promise<Outcome>;

export interface Handler {
  readonly job: Job<object>;
  readonly work: Work<object>;
}

export function handle<D extends object>(job: Job<D>, work: Work<D>): Handler {
  return { job, work: work as Work<object> };
}

export interface RunnerOptions {
  db: Db;
  log: Log;
  handlers: readonly Handler[];
  /** How long it waits when the queue is empty. Not a setting: tests can't wait so long. */
  pollMs?: number;
  /** How often lost jobs are found, in seconds. */
  maintenance?: number;
}

/** An empty queue costs some 3 ms of the embedded database's time. */
const POLL_MS = 2_000;

/**
 * Runs jobs. pg-boss keeps them; its own workers are not used, because one ends the process when the database is gone at the
 * moment at which a job ends: https://github.com/timgit/pg-boss/blob/10.4.2/src/manager.js#L216
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #boss: PgBoss;
  readonly #running = new Set<Promise<void>>();
  readonly #loops: Promise<void>[] = [];
  readonly #stop = new AbortController();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#boss = newBoss(ownExecutorOf(options.db), options.maintenance);
    this.#boss.on("error", (err) => options.log.error({ err }, "the queue of jobs failed, and goes on"));
  }

  /** Starts to run jobs. They must be prepared. */
  async start(): Promise<void> {
    await this.#boss.start();
    for (const handler of this.#options.handlers) this.#loops.push(this.#loop(handler));
  }

  /** Takes no more jobs, and waits so long for those that run. One that does not end in time is run again later. */
  async stop(waitMs: number): Promise<void> {
    this.#stop.abort();
    const ended = Promise.all([...this.#loops, ...this.#running]);
    const enough = new AbortController();
    await Promise.race([ended, sleep(waitMs, enough.signal)]);
    enough.abort();
    await this.#boss.stop({ graceful: false });
  }

  async #loop({ job, work }: Handler): Promise<void> {
    const running = new Set<Promise<void>>();
    while (!this.#stop.signal.aborted) {
      const batchSize = job.concurrency - running.size;
      // It returns nothing when the database can't be reached.
      const found = await this.#boss.fetch<object>(job.name, { batchSize, includeMetadata: true });
      for (const one of found) {
        const run = this.#run({ job, work }, one).finally(() => {
          running.delete(run);
          this.#running.delete(run);
        });
        running.add(run);
        this.#running.add(run);
      }
      if (running.size >= job.concurrency) await Promise.race(running);
      else if (found.length === 0) await sleep(this.#options.pollMs ?? POLL_MS, this.#stop.signal);
    }
  }

  async #run({ job, work }: Handler, found: PgBoss.JobWithMetadata<object>): Promise<void> {
    const { log, db } = this.#options;
    const last = found.retryCount >= found.retryLimit;
    let outcome: Outcome = "failed";
    try {
      outcome = await work(found.data, last);
    } catch (err) {
      log.error({ err, job: job.name, id: found.id }, "a job failed");
    }
    try {
      if (outcome === "failed") await this.#boss.fail(job.name, found.id);
      else if (outcome === "done") await this.#boss.complete(job.name, found.id);
      else await this.#postpone(job, found, outcome.later, db);
    } catch (err) {
      // It is found as lost after a time, and runs again.
      log.error({ err, job: job.name, id: found.id }, "the end of a job could not be stored");
    }
  }

  async #postpone(job: Job<object>, found: PgBoss.JobWithMetadata<object>, after: number, db: Db): Promise<void> {
    const retried = job.retries - (found.retryLimit - found.retryCount);
    await db.transaction().execute(async (tx) => {
      await send({ db: tx }, job, found.data, { after, retried });
      await this.#boss.complete(job.name, found.id, {}, { db: { executeSql: executorOf(tx) } });
    });
  }
}

/** Ends early when the signal is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return timer(ms, undefined, { signal, ref: false }).catch(() => {});
}
