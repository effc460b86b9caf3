import { isObject } from "../json/is-object.ts";
import { Recent } from "../recent.ts";
import { type Automaton, automatonOf, placesIn, sizeOf } from "./automaton.ts";
import { viewsOf } from "./views.ts";

// At least what the SDK masks, `sdk/src/secrets/texts.ts`, so that a person sees the same whatever pack has reported. It looks also
// for what other languages than that of the SDK write inside JSON.

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
    all.add(string);
    // The lines are printed one by one, as when an object is shown.
    if (string.includes("\n")) for (const line of string.split("\n")) all.add(line.trim());
  }
  const shortestFirst = [...all]
    .filter(({ length }) => length >= SHORTEST)
    .sort((one, other) => one.length - other.length);
  let room = MOST_TEXT;
  const known = shortestFirst.filter(({ length }) => {
    room -= length;
    return room >= 0;
  });
  return { automaton: known.length > 0 ? automatonOf(known) : undefined, leftOut: shortestFirst.length - known.length };
}

/** The text with `[secret]` in place of what is secret in it, also where it is written inside JSON. */
export function maskText(automaton: Automaton, text: string): string {
  let places = placesIn(automaton, text);
  for (const view of viewsOf(text)) {
    const more = placesIn(automaton, view.text).map((at) => view.places[at] as number);
    if (more.length > 0) places = joined(places, more);
  }
  if (places.length === 0) return text;
  let masked = "";
  let done = 0;
  for (let at = 0; at < places.length; at += 2) {
    masked += text.slice(done, places[at]) + MASK;
    done = places[at + 1] as number;
  }
  return masked + text.slice(done);
}

/** Two lists of places as one, in which those that overlap are one place. */
function joined(some: readonly number[], more: readonly number[]): number[] {
  const places: number[] = [];
  for (let at = 0, other = 0; at < some.length || other < more.length; ) {
    const [from = 0, end = 0] =
      other >= more.length || (some[at] ?? Number.POSITIVE_INFINITY) <= (more[other] as number)
        ? [some[at++], some[at++]]
        : [more[other++], more[other++]];
    if (places.length > 0 && from < (places.at(-1) as number)) places.push(Math.max(places.pop() as number, end));
    else places.push(from, end);
  }
  return places;
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
