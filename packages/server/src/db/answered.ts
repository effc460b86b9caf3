/** How often it is looked whether there is an answer. */
const TICK_MS = 100;

/**
 * Waits for an answer of the database. Only time in which this process itself ran counts: while it is stopped, or has no processor, an
 * answer waits in its socket, and a timer would be first.
 *
 * @param ms how long, at least.
 * @throws NoAnswer after that.
 */
export function answered<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = Math.ceil(ms / TICK_MS);
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      reject(new NoAnswer("The database does not answer."));
    }, TICK_MS).unref();
    answer.then(resolve, reject).finally(() => clearInterval(timer));
  });
}

export class NoAnswer extends Error {}
