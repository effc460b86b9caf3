import { isObject } from "../json/is-object.ts";
import { Recent } from "../recent.ts";
import { type Automaton, automatonOf, replaceAll, sizeOf } from "./automaton.ts";

// The same rule as that of the SDK, `sdk/src/secrets/texts.ts`, so that a person sees the same whatever pack has reported.

/** Shorter strings are found by chance in too many others. */
const SHORTEST = 4;

const MASK = "[secret]";

/** With this key an object is a special value, such as an asset, whose kind this member names. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_KIND = "1b47061264138c4ac30d75fd1eb44270";

/** In characters, of all that is looked for: it needs some 30 times as many bytes in memory. Longer strings are left out first. */
const MOST_TEXT = 1_000_000;

/** What is looked for in texts, because it is secret. */
export interface SecretTexts {
  /** Undefined when there is nothing to look for. */
  readonly automaton: Automaton | undefined;
  /** How many strings were left out because all are too much. */
  readonly leftOut: number;
}

export const NOTHING_SECRET: SecretTexts = { automaton: undefined, leftOut: 0 };

/** In bytes, of what is kept in memory to look for secrets of the updates that run. */
const MOST_KEPT = 128 * 1024 * 1024;
/** That there is nothing to look for is kept, too. */
const LEAST_SIZE = 1024;

export function newSecretTexts(): Recent<SecretTexts> {
  return new Recent(MOST_KEPT, ({ automaton }) => LEAST_SIZE + (automaton ? sizeOf(automaton) : 0));
}

/** @param strings those that are secret, also shorter ones. */
export function secretTexts(strings: Iterable<string>): SecretTexts {
  const all = new Set<string>();
  for (const string of strings) {
    addForms(all, string);
    // The lines are printed one by one, as when an object is shown.
    if (string.includes("\n")) for (const line of string.split("\n")) addForms(all, line.trim());
  }
  const shortestFirst = [...all].sort((one, other) => one.length - other.length);
  let room = MOST_TEXT;
  const known = shortestFirst.filter(({ length }) => {
    room -= length;
    return room >= 0;
  });
  return { automaton: known.length > 0 ? automatonOf(known) : undefined, leftOut: all.size - known.length };
}

/** The text with `[secret]` in place of what is secret in it. */
export function maskText(automaton: Automaton, text: string): string {
  return replaceAll(automaton, text, MASK);
}

/** The strings in a value. The keys of maps are names, not secrets. */
export function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const inside of value) yield* stringsIn(inside);
  else if (isObject(value)) {
    if (value[SIGNATURE] === SECRET_KIND && typeof value.ciphertext === "string")
      yield* stringsInJson(value.ciphertext);
    for (const [key, inside] of Object.entries(value)) if (key !== SIGNATURE) yield* stringsIn(inside);
  }
}

/**
 * The strings in a value that is written as JSON; none if it is not. A secret inside another secret has its value so, because the
 * engine encrypts only the outer one:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/stack/deployment.go#L659
 */
export function stringsInJson(text: string): string[] {
  try {
    return [...stringsIn(JSON.parse(text))];
  } catch {
    return [];
  }
}

/**
 * A string, and how it is written inside JSON, where line breaks and quotes have escapes: one property often holds others as JSON,
 * and that JSON may be a string of another.
 */
function addForms(all: Set<string>, string: string): void {
  if (string.length < SHORTEST) return;
  const once = escaped(string);
  for (const form of [string, once, escaped(once)]) all.add(form);
}

function escaped(string: string): string {
  return JSON.stringify(string).slice(1, -1);
}
