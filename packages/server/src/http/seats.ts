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
   * Waits for a seat.
   *
   * @throws server_busy
   */
  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const given = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(given), 1);
        reject(newError("server_busy", {}));
      }, PATIENCE_MS);
      this.#waiting.push(given);
    });
  }

  /** Gives a seat back. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
