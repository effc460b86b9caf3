import type { Budget } from "./budget.ts";
import { canonical } from "./equal.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import { resolvePointer } from "./pointer.ts";

const LONGEST_EXAMPLE = 60;
const MOST_EXAMPLES = 20;

/** What all steps of one check share. What is worked out once for a part of the schema or of the value is kept. */
export class Evaluation {
  readonly root: unknown;
  readonly budget: Budget;
  readonly #patterns = new Map<string, Pattern>();
  readonly #texts = new Map<object, string>();
  readonly #choices = new Map<object, Set<string>>();
  readonly #targets = new Map<string, unknown>();

  constructor(root: unknown, budget: Budget) {
    this.root = root;
    this.budget = budget;
  }

  isMatch(pattern: string, text: string): boolean {
    const compiled = kept(this.#patterns, pattern, () => compilePattern(pattern, this.budget));
    this.budget.spend(compiled.cost(text));
    return compiled.isIn(text);
  }

  /** The same text for equal values. */
  textOf(value: unknown): string {
    if (typeof value !== "object" || value === null) return canonical(value, this.budget);
    const text = kept(this.#texts, value, () => canonical(value, this.budget));
    this.budget.spend(1 + text.length / 100);
    return text;
  }

  /** Whether a value is equal to one of a list. */
  isOneOf(list: readonly unknown[], value: unknown): boolean {
    const choices = kept(this.#choices, list, () => new Set(list.map((one) => this.textOf(one))));
    return choices.has(this.textOf(value));
  }

  /** What a reference leads to. */
  target(reference: string): unknown {
    return kept(this.#targets, reference, () => resolvePointer(this.root, this.budget.text(reference)));
  }

  /** A value of the schema, as a message shows it. */
  show(value: unknown): string {
    return typeof value === "string" ? JSON.stringify(shorten(value)) : shorten(this.textOf(value));
  }

  /** The first of a list's values, as a message shows them. */
  showSome(list: readonly unknown[], separator: string, show = (one: unknown) => this.show(one)): string {
    const shown = list.slice(0, MOST_EXAMPLES).map(show);
    if (list.length > MOST_EXAMPLES) shown.push(`${list.length - MOST_EXAMPLES} others`);
    return shown.join(separator);
  }
}

function kept<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined || known.has(key)) return found as Value;
  const made = make();
  known.set(key, made);
  return made;
}

export function shorten(text: string, most = LONGEST_EXAMPLE): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
