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

  drop(key: string): void {
    this.#cache.delete(key);
  }
}
