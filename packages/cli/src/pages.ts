interface Page<T> {
  items: readonly T[];
  continuationToken?: string | undefined;
}

/**
 * The items of all pages of a list, or of as many pages as hold `limit` items. A page is read when its first item is asked for.
 *
 * @param read gets the continuation token of the page, which the first one has not.
 */
export async function* itemsOf<T>(
  read: (continuationToken?: string) => Promise<Page<T>>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<T> {
  let left = limit;
  let next: string | undefined;
  do {
    const { items, continuationToken } = await read(next);
    yield* items.slice(0, left);
    left -= items.length;
    next = continuationToken;
  } while (next && left > 0);
}

/** The same, all at once. */
export async function readPages<T>(
  read: (continuationToken?: string) => Promise<Page<T>>,
  limit?: number,
): Promise<T[]> {
  const all: T[] = [];
  for await (const item of itemsOf(read, limit)) all.push(item);
  return all;
}
