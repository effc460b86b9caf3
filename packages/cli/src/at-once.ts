/**
 * Does some work for each item, so many at a time.
 *
 * @returns what came of it, in the order of the items.
 * @throws the first error, when nothing is being done any more.
 */
export async function atOnce<T, R>(most: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  let next = 0;
  const worker = async () => {
    try {
      for (let at = next++; at < items.length; at = next++) done[at] = await work(items[at] as T);
    } catch (error) {
      next = items.length;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return done;
}
