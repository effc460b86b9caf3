/** A check takes more steps, or nests deeper, than any ordinary schema and value. */
export class TooMuchWork extends Error {
  override readonly name = "TooMuchWork";
}

/** About a second of one core, with room for any schema and value that people write. */
const STEPS = 1_000_000;

/** The steps that are left for a check, or for several that belong together. A step is about a microsecond. */
export class Budget {
  #left: number;

  constructor(steps = STEPS) {
    this.#left = steps;
  }

  /** @throws TooMuchWork when the budget is used up. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooMuchWork();
  }

  /** The members of an object, each for one step. */
  members(object: object): [string, unknown][] {
    const members = Object.entries(object);
    this.spend(members.length);
    return members;
  }

  /** The names of an object's members, each for one step. */
  names(object: object): string[] {
    const names = Object.keys(object);
    this.spend(names.length);
    return names;
  }

  /** A list that is gone through to its end, each item for one step. */
  items<T>(list: readonly T[]): readonly T[] {
    this.spend(list.length);
    return list;
  }

  /** A text that is gone through to its end. Its characters take a tenth of a step. */
  text(text: string): string {
    this.spend(1 + text.length / 10);
    return text;
  }
}
