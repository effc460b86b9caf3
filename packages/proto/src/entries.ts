type Fields = Record<string, unknown>;

/**
 * The entries of maps that are being read, those of an inner map on top of those of the outer one.
 *
 * To V8 an object that got more than some sixteen keys one by one is a hash table: to copy it costs fifty times what it
 * costs to copy one that was copied from a template. Resources of a type have the same keys, so a template is kept of every
 * larger map, and filled; which also saves sorting.
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
   * Takes off the entries from `first` on: an object with its keys in order (of UTF-16 code units, as `sort` has it). Of a
   * key that came twice the later value stays.
   */
  take(first: number): Fields {
    const count = this.count - first;
    const object = count > FEW && count <= MANY ? this.#filled(first) : this.#built(first);
    this.#keys.length = first;
    this.#values.length = first;
    return object;
  }

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

  /** `undefined` when the keys are not those of the template, each once. */
  #fill(object: Fields, first: number): Fields | undefined {
    for (let index = first; index < this.count; index++) {
      const key = this.#keys[index] as string;
      if (object[key] !== HOLE) return undefined;
      object[key] = this.#values[index];
    }
    return object;
  }

  /** The same for the same keys in any order. */
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

  /** Where the entries are, by their keys. */
  #inOrder(first: number): number[] {
    const places: number[] = [];
    for (let place = first; place < this.count; place++) places.push(place);
    // Sets of keys are small but for a few: there a sort costs more to set up than to do.
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

/** Smaller maps are fast already. Larger ones become hash tables in any case. */
const FEW = 12;
const MANY = 128;

/** Marks a field of a template that is to be filled. */
const HOLE = Symbol("hole");
const TEMPLATES: ({ count: number; holes: Fields } | undefined)[] = Array(256).fill(undefined);
