/** How many messages are being sent to each webhook, or for each organization. One that is slow must leave room for others. */
export class InFlight {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns undefined, without running `work`, when the webhook or organization has as many as it may. */
  async run<T>(id: string, work: () => Promise<T>): Promise<T | undefined> {
    const count = this.#counts.get(id) ?? 0;
    if (count >= this.#most) return undefined;
    this.#counts.set(id, count + 1);
    try {
      return await work();
    } finally {
      const left = (this.#counts.get(id) ?? 1) - 1;
      if (left > 0) this.#counts.set(id, left);
      else this.#counts.delete(id);
    }
  }
}
