interface Entry<V> {
  readonly value: Promise<V>;
  size: number;
}

/** Values that are costly to make, as long as all of them fit. The one that was not asked for longest goes first. */
export class Recent<V> {
  readonly #most: number;
  readonly #sizeOf: (value: V) => number;
  /** In the order in which they were asked for. */
  readonly #entries = new Map<string, Entry<V>>();
  #size = 0;

  /** @param most of the sizes of all values together. One that alone is larger is made each time. */
  constructor(most: number, sizeOf: (value: V) => number) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  /** The value for a key. It is made once, also when several ask at the same time, and again after an error. */
  get(key: string, make: () => Promise<V>): Promise<V> {
    const entry = this.#entries.get(key) ?? this.#begin(key, make);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  drop(key: string): void {
    this.#size -= this.#entries.get(key)?.size ?? 0;
    this.#entries.delete(key);
  }

  #begin(key: string, make: () => Promise<V>): Entry<V> {
    const isKept = () => this.#entries.get(key) === entry;
    const value = make().then(
      (made) => {
        if (isKept()) this.#measure(entry, this.#sizeOf(made));
        return made;
      },
      (error) => {
        if (isKept()) this.drop(key);
        throw error;
      },
    );
    const entry = { value, size: 0 };
    return entry;
  }

  #measure(entry: Entry<V>, size: number): void {
    entry.size = size;
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#most) break;
      this.drop(oldest);
    }
  }
}
