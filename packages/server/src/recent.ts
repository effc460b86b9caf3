import { LRUCache } from "lru-cache";

/** Values that are costly to make, as long as all of them fit. The one that was not asked for longest goes first. */
export class Recent<V extends NonNullable<unknown>> {
  readonly #cache: LRUCache<string, V, () => Promise<V>>;

  /** @param maxSize of the sizes of all values together. One that alone is larger is made each time. */
  constructor(maxSize: number, sizeOf: (value: V) => number) {
    this.#cache = new LRUCache({
      maxSize,
      sizeCalculation: sizeOf,
      fetchMethod: (_key, _old, { context: make }) => make(),
      // Whoever waits for a value gets it, also when it is dropped meanwhile.
      ignoreFetchAbort: true,
    });
  }

  /** The value for a key. It is made once, also when several ask at the same time, and again after an error. */
  get(key: string, make: () => Promise<V>): Promise<V> {
    return this.#cache.forceFetch(key, { context: make });
  }

  /** The value for a key, made again: one that somebody had begun to make before is not enough. */
  async renew(key: string, make: () => Promise<V>): Promise<V> {
    let begun = false;
    const fetch = () =>
      this.#cache.forceFetch(key, {
        forceRefresh: true,
        context: () => {
          begun = true;
          return make();
        },
      });
    const value = await fetch();
    return begun ? value : fetch();
  }

  drop(key: string): void {
    this.#cache.delete(key);
  }
}
