type Fields = Record<string, unknown>;

/**
 * A stack of the entries of maps that are being read. The entries of an inner map are above those of the map around it.
 *
 * V8 makes a hash table of an object that gets more than about sixteen keys one by one. Copying it is fifty times slower than
 * copying an object that was itself copied from a template. Resources of one type have the same keys, so a template is kept for
 * each larger map, copied, and filled. This also saves sorting the keys.
 */
export class Entries {
  readonly #keys: string[] = [];
  readonly #values: unknown[] = [];

  get count(): number {
    return this.#keys.length;
  }

  push(key: string, value: unknown): void {
    this.#keys.push(key);
    this.#values.push(value);
  }

  /**
   * Removes the entries from `first` on, and makes an object of them. Its keys are in the order of their UTF-16 code units, as
   * `sort` has them. When a key came twice, the object has the later value.
   */
  take(first: number): Fields {
    const count = this.count - first;
    const object = count > FEW && count <= MANY ? this.#filled(first) : this.#built(first);
    this.#keys.length = first;
    this.#values.length = first;
    return object;
  }

  /** The object as a filled copy of the template for its keys. Makes that template when there is none. */
  #filled(first: number): Fields {
    const place = this.#digest(first) % TEMPLATES.length;
    const template = TEMPLATES[place];
    const object = template?.count === this.count - first && this.#fill({ ...template.holes }, first);
    if (object) return object;
    const built = { ...this.#built(first) };
    const keys = Object.keys(built);
    TEMPLATES[place] = { count: keys.length, holes: { ...Object.fromEntries(keys.map((key) => [key, HOLE])) } };
    return built;
  }

  /** Returns `undefined` unless the keys are exactly those of the template, each once. */
  #fill(object: Fields, first: number): Fields | undefined {
    for (let index = first; index < this.count; index++) {
      const key = this.#keys[index] as string;
      if (object[key] !== HOLE) return undefined;
      object[key] = this.#values[index];
    }
    return object;
  }

  /** A number that is equal for equal keys in any order. */
  #digest(first: number): number {
    let digest = 0;
    for (let index = first; index < this.count; index++) {
      const key = this.#keys[index] as string;
      digest += 31 * key.length + (key.codePointAt(0) ?? 0) + 7 * (key.codePointAt(key.length - 1) ?? 0);
    }
    return digest;
  }

  #built(first: number): Fields {
    const object: Fields = {};
    for (const place of this.#inOrder(first)) {
      const key = this.#keys[place] as string;
      const value = this.#values[place];
      // An assignment to `__proto__` would not make a property.
      if (key !== "__proto__") object[key] = value;
      else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  /** The places of the entries, sorted by their keys. */
  #inOrder(first: number): number[] {
    const places: number[] = [];
    for (let place = first; place < this.count; place++) places.push(place);
    // Nearly all maps are small, and for a small one the built-in sort takes longer to set up than to sort.
    return places.length > MANY ? places.sort((a, b) => this.#compare(a, b)) : this.#insert(places);
  }

  #insert(places: number[]): number[] {
    for (let next = 1; next < places.length; next++) {
      const place = places[next] as number;
      let at = next;
      for (; at > 0 && this.#compare(places[at - 1] as number, place) > 0; at--) places[at] = places[at - 1] as number;
      places[at] = place;
    }
    return places;
  }

  #compare(one: number, other: number): number {
    const a = this.#keys[one] as string;
    const b = this.#keys[other] as string;
    return a < b ? -1 : a > b ? 1 : 0;
  }
}

/** Maps with at most FEW keys are fast already. Those with more than MANY become hash tables in any case. */
const FEW = 12;
const MANY = 128;

/** The value of each field of a template, which the copy's own value replaces. */
const HOLE = Symbol("hole");
const TEMPLATES: ({ count: number; holes: Fields } | undefined)[] = Array(256).fill(undefined);
