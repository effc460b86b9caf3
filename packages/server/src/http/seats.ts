import { newError } from "@quillon/contract";

/** How long a large body waits for others to be done. */
const PATIENCE_MS = 30_000;

/** Bounds how many large bodies are in memory at once. */
export class Seats {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(seats: number) {
    this.#free = seats;
  }

  /**
   * Waits for a seat, and has it until the request is over. Who is over while waiting leaves the queue.
   *
   * @throws server_busy
   */
  async take(over: AbortSignal): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(over);
    if (over.aborted) this.#leave();
    else over.addEventListener("abort", () => this.#leave(), { once: true });
  }

  #wait(over: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        over.removeEventListener("abort", giveUp);
        settle();
      };
      const given = () => end(resolve);
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(given), 1);
        end(() => reject(newError("server_busy", {})));
      };
      const timer = setTimeout(giveUp, PATIENCE_MS);
      over.addEventListener("abort", giveUp);
      this.#waiting.push(given);
    });
  }

  /** Gives a seat to who has waited longest. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
