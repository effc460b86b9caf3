/**
 * The items of all pages of a list, or of as many pages as hold `limit` items.
 *
 * @param read gets the continuation token of the page, which the first one has not.
 */
export async function readPages<T>(
  read: (continuationToken?: string) => Promise<{ items: readonly T[]; continuationToken?: string | undefined }>,
  limit = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const { items, continuationToken } = await read(next);
    all.push(...items);
    next = continuationToken;
  } while (next && all.length < limit);
  return all.slice(0, limit);
}
