/**
 * What is done regularly must not be done again while it is still being done: when it is slow, others of its kind would make it slower.
 *
 * @returns does the work, and nothing while it is done already.
 */
export function oneAtATime(work: () => Promise<unknown>): () => Promise<void> {
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await work();
    } finally {
      isRunning = false;
    }
  };
}
