/**
 * Does something again and again, but not while it is still being done: when it is slow, another of its kind would make it slower.
 * The first time is after `everyMs`.
 *
 * @param work never fails.
 * @returns stops it, and waits for what is being done.
 */
export function repeat(everyMs: number, work: () => Promise<unknown>): () => Promise<void> {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= work().finally(() => {
      running = undefined;
    });
  }, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
