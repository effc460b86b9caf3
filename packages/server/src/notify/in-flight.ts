/** How many messages are being sent to each webhook. One that answers slowly must leave room for others. */
export class InFlight {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns undefined, without running `work`, when the webhook has as many as it may. */
  async run<T>(webhook: string, work: () => Promise<T>): Promise<T | undefined> {
    const count = this.#counts.get(webhook) ?? 0;
    if (count >= this.#most) return undefined;
    this.#counts.set(webhook, count + 1);
    try {
      return await work();
    } finally {
      const left = (this.#counts.get(webhook) ?? 1) - 1;
      if (left > 0) this.#counts.set(webhook, left);
      else this.#counts.delete(webhook);
    }
  }
}
