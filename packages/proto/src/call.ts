import type { RpcError } from "./status.ts";

/** One request in progress. A handler that works in steps calls `check` between them. */
export class Call {
  readonly #onStop: (reason: RpcError) => void;
  #stopped: RpcError | undefined;

  /** @param onStop Gets the reason immediately, because a handler that hangs does not call `check`. */
  constructor(onStop: (reason: RpcError) => void = () => {}) {
    this.#onStop = onStop;
  }

  /** From now on `check` throws `reason`. The first reason stays. */
  stop(reason: RpcError): void {
    if (this.#stopped) return;
    this.#stopped = reason;
    this.#onStop(reason);
  }

  /** @throws `RpcError` when the caller cancelled, or when its deadline has passed. */
  check(): void {
    if (this.#stopped) throw this.#stopped;
  }
}
