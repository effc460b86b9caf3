import type { JournalEntry } from "./journal-entry.ts";
import type { Migrated } from "./migrate.ts";
import type { StoredObject } from "./stored-resource.ts";

/** What the steps of an update have done since the base. */
export class Steps {
  /** The operations that have not ended, by their number, without those that ask no provider. */
  readonly begun = new Map<number, StoredObject>();
  readonly extensions = new Map<string, Buffer>();
  /** The states that operations have made, in their order. */
  readonly #made = new Map<number, StoredObject>();
  /** What is said of them since. */
  readonly #flags = new Map<number, Record<string, true>>();
  readonly #removedNew = new Set<number>();
  /** Places in the base. */
  #removed = new Set<number>();
  #replaced = new Map<number, StoredObject>();
  #deleted = new Set<number>();
  #toReplace = new Set<number>();

  begin({ operation, sent }: JournalEntry): void {
    const begun = sent.object("operation");
    if (begun) this.begun.set(operation, begun);
    else this.begun.delete(operation);
  }

  succeed(entry: JournalEntry): void {
    const { operation, sent, removeOld, removeNew, deleteOld, pendingReplacementOld } = entry;
    this.begun.delete(operation);
    const state = sent.object("state");
    if (state) this.#make(operation, state);
    if (removeOld !== undefined) this.#removed.add(removeOld);
    if (removeNew !== undefined) this.#removedNew.add(removeNew);
    if (deleteOld !== undefined) this.#deleted.add(deleteOld);
    if (pendingReplacementOld !== undefined) this.#toReplace.add(pendingReplacementOld);
    this.#mark(entry.deleteNew, "delete");
    this.#mark(entry.pendingReplacementNew, "pendingReplacement");
  }

  #make(operation: number, state: StoredObject): void {
    this.#made.set(operation, state);
    this.#flags.delete(operation);
  }

  /** It is written into the state at the end, because a state may be large, and entries may say it of the same one again and again. */
  #mark(operation: number | undefined, flag: string): void {
    if (operation === undefined || !this.#made.has(operation)) return;
    this.#flags.set(operation, { ...this.#flags.get(operation), [flag]: true });
  }

  /** A refresh has read a resource again, or found that it is gone. */
  refresh(entry: JournalEntry): void {
    this.begun.delete(entry.operation);
    if (entry.sent.object("state")) this.replace(entry);
    else {
      if (entry.removeOld !== undefined) this.#removed.add(entry.removeOld);
      if (entry.removeNew !== undefined) this.#removedNew.add(entry.removeNew);
    }
  }

  /** Puts a state in the place of another one. */
  replace({ sent, removeOld, removeNew }: JournalEntry): void {
    const state = sent.object("state");
    if (!state) return;
    if (removeOld !== undefined) this.#replaced.set(removeOld, state);
    if (removeNew !== undefined && this.#made.has(removeNew)) this.#make(removeNew, state);
  }

  /** Whether the resource that an operation has made is still there. */
  has(operation: number): boolean {
    return this.#made.has(operation) && !this.#removedNew.has(operation);
  }

  /** The base has become another one, and what was said of its places is true of where they are now. */
  move({ places, changed, ofMade }: Migrated): void {
    this.#removed = moved(this.#removed, places);
    this.#deleted = moved(this.#deleted, places);
    this.#toReplace = moved(this.#toReplace, places);
    const replaced = [...this.#replaced].filter(([place]) => !changed.has(place));
    this.#replaced = new Map(
      replaced.flatMap(([place, state]) => {
        const now = places.get(place);
        return now === undefined ? [] : [[now, state]];
      }),
    );
    for (const [operation, state] of ofMade) this.#make(operation, state);
  }

  made(): StoredObject[] {
    return [...this.#made]
      .filter(([operation]) => !this.#removedNew.has(operation))
      .map(([operation, state]) => flagged(state, this.#flags.get(operation) ?? {}));
  }

  /** What is left of the base. */
  left(base: readonly StoredObject[]): StoredObject[] {
    return base.flatMap((resource, place) => {
      if (this.#removed.has(place)) return [];
      const replaced = this.#replaced.get(place);
      if (replaced) return [replaced];
      const flags = {
        ...(this.#toReplace.has(place) && { pendingReplacement: true }),
        ...(this.#deleted.has(place) && { delete: true }),
      };
      return [flagged(resource, flags)];
    });
  }
}

function flagged(resource: StoredObject, flags: Readonly<Record<string, unknown>>): StoredObject {
  return Object.keys(flags).length > 0 ? resource.with(flags) : resource;
}

function moved(all: ReadonlySet<number>, places: ReadonlyMap<number, number>): Set<number> {
  return new Set([...all].flatMap((place) => places.get(place) ?? []));
}
