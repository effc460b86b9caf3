import { AsyncLocalStorage } from "node:async_hooks";
import { newError } from "@quillon/contract";

const callers = new AsyncLocalStorage<string>();

/** Runs `work`. What it uses counts as this caller's. */
export function onBehalfOf<T>(caller: string, work: () => Promise<T>): Promise<T> {
  return callers.run(caller, work);
}

/** On whose behalf this runs; undefined for what the server does by itself. */
export function currentCaller(): string | undefined {
  return callers.getStore();
}

/** How long a caller waits for a seat. */
const PATIENCE_MS = 30_000;
/** Who waits for ever needs no timer, which would keep a process alive that ends. */
export const FOR_EVER_MS = Number.POSITIVE_INFINITY;

interface Waiting {
  caller: string;
  give(): void;
}

/** Bounds how many of a thing are in use at once, such as large bodies, and how many of them are one caller's. */
export class Seats {
  #free: number;
  readonly #share: number;
  readonly #patienceMs: number;
  readonly #held = new Map<string, number>();
  readonly #waiting: Waiting[] = [];

  /**
   * @param share how many of them one caller may have, so that what is slow of one caller does not keep out all others.
   * @param patienceMs how long a caller waits.
   */
  constructor(seats: number, share: number, patienceMs = PATIENCE_MS) {
    this.#free = seats;
    this.#share = share;
    this.#patienceMs = patienceMs;
  }

  /**
   * Waits for a seat, and has it until `over`. Who is over while waiting leaves the queue, and who was over before does not join it.
   *
   * @throws server_busy
   */
  async take(caller: string, over: AbortSignal): Promise<void> {
    if (over.aborted) throw newError("server_busy", {});
    await this.#enter(caller, over);
    if (over.aborted) this.#leave(caller);
    else over.addEventListener("abort", () => this.#leave(caller), { once: true });
  }

  /**
   * Waits for a seat.
   *
   * @returns gives it back. To be called once.
   * @throws server_busy
   */
  async enter(caller: string): Promise<() => void> {
    await this.#enter(caller);
    return () => this.#leave(caller);
  }

  /**
   * Waits for a seat, and does `work` with it.
   *
   * @throws server_busy before the work has begun.
   */
  async during<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const leave = await this.enter(caller);
    return work().finally(leave);
  }

  /** Whether somebody waits who would have a seat if another caller gave one back. */
  get isWanted(): boolean {
    return this.#free === 0 && this.#waiting.some(({ caller }) => (this.#held.get(caller) ?? 0) < this.#share);
  }

  async #enter(caller: string, over?: AbortSignal): Promise<void> {
    if (this.#mayHave(caller)) this.#give(caller);
    else await this.#wait(caller, over);
  }

  #wait(caller: string, over?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        over?.removeEventListener("abort", giveUp);
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        settle();
      };
      const waiting = { caller, give: () => end(resolve) };
      const giveUp = () => end(() => reject(newError("server_busy", {})));
      const timer = this.#patienceMs === FOR_EVER_MS ? undefined : setTimeout(giveUp, this.#patienceMs);
      over?.addEventListener("abort", giveUp);
      this.#waiting.push(waiting);
    });
  }

  #mayHave(caller: string): boolean {
    return this.#free > 0 && (this.#held.get(caller) ?? 0) < this.#share;
  }

  #give(caller: string): void {
    this.#free -= 1;
    this.#held.set(caller, (this.#held.get(caller) ?? 0) + 1);
  }

  /** Gives a seat to who has waited longest of those who may have one. */
  #leave(caller: string): void {
    this.#free += 1;
    const held = (this.#held.get(caller) ?? 0) - 1;
    if (held > 0) this.#held.set(caller, held);
    else this.#held.delete(caller);
    const next = this.#waiting.find((waiting) => this.#mayHave(waiting.caller));
    if (!next) return;
    this.#give(next.caller);
    next.give();
  }
}
