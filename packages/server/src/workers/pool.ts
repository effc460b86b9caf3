import { availableParallelism } from "node:os";
import { type ErrorId, newError, QuillonError } from "@quillon/contract";
import { Tinypool } from "tinypool";
import { currentCaller, FOR_EVER_MS, Seats } from "../seats.ts";

/** Work that may take long. It is a function of its input alone, because it may run in another thread. */
export interface Task<I, O> {
  /** The worker thread finds it by its name, in `worker.ts`. */
  readonly name: string;
  readonly run: (input: I) => O | Promise<O>;
  /** Memory that moves between the threads instead of being copied. Who gave it away can't read it any more. */
  readonly moves?: {
    input?(input: I): ArrayBuffer[];
    output?(output: O): ArrayBuffer[];
  };
}

/** What a task returned, or the error for the caller that it threw. An error loses its class between threads. */
export type Outcome<O> =
  | { readonly output: O }
  | { readonly refused: Pick<QuillonError, "id" | "message" | "details"> };

/** So much is done at once: starting a thread, and moving bytes to it and back, takes longer. */
const INLINE_BYTES = 64 * 1024;
/** What goes over more than that has a thread of its own, because only the end of a thread gives all its memory back. */
const LARGE_BYTES = 4 * 1024 * 1024;
/** Each may need several times the memory of the largest body. */
const MOST_LARGE = 2;
/** Of JavaScript values, without the memory of bodies. A task that needs more ends its thread and fails. */
const MOST_HEAP_MB = 512;

const NEVER = new Promise<never>(() => {});

/** Runs tasks on large inputs outside the main thread, so that requests do not wait for each other. */
export class Workers {
  readonly #module: URL;
  readonly #heapMb: number;
  #pool: Tinypool | undefined;
  #large: Tinypool | undefined;
  /** One caller has one of the threads, so that the other one is there for all others. */
  readonly #turns = new Seats(MOST_LARGE, 1, FOR_EVER_MS);
  #tasks = 0;
  #isClosed = false;

  /** @param module the file of the worker threads. No thread is started before the first large task. */
  constructor(module: URL, { heapMb = MOST_HEAP_MB } = {}) {
    this.#module = module;
    this.#heapMb = heapMb;
  }

  /**
   * @param size how many bytes the task has to go through.
   * @param options.ms after that time the task is ended.
   * @returns never, when the task comes after `close` or is interrupted by it: whoever waits for it would store that it has failed.
   * @throws what the task throws, an AbortError when it was ended, and server_busy when no thread can be started.
   */
  async run<I, O>(task: Task<I, O>, input: I, size: number, { ms }: { ms?: number } = {}): Promise<O> {
    if (size <= INLINE_BYTES) return task.run(input);
    if (this.#isClosed) return NEVER;
    const pool = size <= LARGE_BYTES ? this.#forMany() : this.#forOne();
    const transferList = task.moves?.input?.(input) ?? [];
    const options = { transferList, ...(ms !== undefined && { signal: AbortSignal.timeout(ms) }) };
    this.#tasks += 1;
    const outcome: Outcome<O> = await pool
      .run({ name: task.name, input }, options)
      .catch((error: unknown) => {
        if (this.#isClosed) return NEVER;
        if (error instanceof Error && error.name === "CancelError") throw newError("server_busy", {});
        // While tasks wait, the pool starts a thread in place of one that has died only when it gets another task.
        if (pool.queueSize > 0) pool.run(undefined, { name: "wake" }).catch(() => {});
        throw error;
      })
      .finally(() => {
        this.#tasks -= 1;
      });
    if ("output" in outcome) return outcome.output;
    const { id, message, details } = outcome.refused;
    throw new QuillonError(id as ErrorId, message, details);
  }

  /**
   * Does `work` that reads something large, such as a stored state, into memory and has tasks run on it, when its caller does no
   * other such work. Not inside a transaction, which others wait for, and not inside another turn.
   */
  turn<O>(work: () => Promise<O>): Promise<O> {
    return this.#turns.during(currentCaller() ?? "", work);
  }

  /** How many tasks are in threads now, and how many wait for one. */
  tasks(): { running: number; waiting: number } {
    const waiting = (this.#pool?.queueSize ?? 0) + (this.#large?.queueSize ?? 0);
    return { running: Math.max(0, this.#tasks - waiting), waiting };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool?.destroy();
    await this.#large?.destroy();
  }

  /** Threads that do one task after the other. */
  #forMany(): Tinypool {
    this.#pool ??= this.#open({ maxThreads: Math.max(2, availableParallelism() - 1), idleTimeout: 10_000 });
    return this.#pool;
  }

  /** Threads that end with their task. */
  #forOne(): Tinypool {
    this.#large ??= this.#open({ maxThreads: MOST_LARGE, isolateWorkers: true });
    return this.#large;
  }

  #open(options: { maxThreads: number; idleTimeout?: number; isolateWorkers?: boolean }): Tinypool {
    const pool = new Tinypool({
      filename: this.#module.href,
      name: "run",
      minThreads: 0,
      resourceLimits: { maxOldGenerationSizeMb: this.#heapMb },
      ...options,
    });
    // A thread has died without a task. Perhaps it could not start, because there is no memory for it: then tasks would wait for ever.
    pool.on("error", (error: Error) => {
      if (pool.queueSize === 0 || pool.threads.length > 0) return;
      process.emitWarning(error);
      pool.cancelPendingTasks();
    });
    return pool;
  }
}
