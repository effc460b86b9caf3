import { isObject } from "../json/is-object.ts";
import { Recent } from "../recent.ts";
import { type Automaton, automatonOf, placesIn, sizeOf } from "./automaton.ts";
import { isTooLong, viewsOf } from "./views.ts";

// At least what the SDK masks, `sdk/src/secrets/texts.ts`, so that a person sees the same whatever pack has reported. It looks also
// for what other languages than that of the SDK write inside JSON.

/** Shorter strings are found by chance in too many others. */
const SHORTEST = 4;

const MASK = "[secret]";

/** With this key an object is a special value, such as an asset, whose kind this member names. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_KIND = "1b47061264138c4ac30d75fd1eb44270";

/** In place of a text in which secrets could not be looked for. */
export const WITHHELD = "[not kept, because the server could not look for secrets in it]";
/** The same where a text is one of many, so that an object of many short ones does not become much larger. */
const WITHHELD_INSIDE = "[not kept]";

/** In characters, of all that is looked for: it needs some 34 times as many bytes in memory. */
const MOST_TEXT = 1_000_000;
/** Of so few characters the beginnings of secrets are found by chance. */
const SHORTEST_BEGINNING = 16;

/** What is looked for in texts, because it is secret. */
export interface SecretTexts {
  /** Each with how many more characters the secret has: of the longest ones only the beginning is looked for, when all are too much. */
  readonly sought: ReadonlyMap<string, number>;
  /** The length of such a beginning. */
  readonly longest: number;
  /** Undefined when there is nothing to look for. */
  readonly automaton: Automaton | undefined;
}

export const NOTHING_SECRET: SecretTexts = {
  sought: new Map(),
  longest: Number.POSITIVE_INFINITY,
  automaton: undefined,
};

/** What is known to be secret in a running update. */
export interface KnownSecrets {
  readonly texts: SecretTexts;
  /** Whether there may be others, because something could not be read. */
  readonly isComplete: boolean;
  /** The state of the stack that was read. Undefined without one. */
  readonly revision: string | undefined;
  /** How much had to be read. What takes longer to read counts more. */
  readonly bytes: number;
}

/** In bytes, of what is kept in memory to look for secrets of the updates that run. */
const MOST_KEPT = 128 * 1024 * 1024;
/** That there is nothing to look for is kept, too. */
const LEAST_SIZE = 1024;

export function newSecretTexts(): Recent<KnownSecrets> {
  return new Recent(MOST_KEPT, ({ texts: { automaton } }) => LEAST_SIZE + (automaton ? sizeOf(automaton) : 0));
}

/**
 * @param strings those that are secret, also shorter ones.
 * @param before what is looked for already, and goes on to be.
 * @param most in characters, of all that is looked for.
 * @returns undefined when they are too many to look for.
 */
export function secretTexts(
  strings: Iterable<string>,
  before: SecretTexts = NOTHING_SECRET,
  most = MOST_TEXT,
): SecretTexts | undefined {
  const sought = new Map(before.sought);
  const add = (string: string) => {
    if (string.length < SHORTEST) return;
    const beginning = string.slice(0, before.longest);
    const isSought = (before.sought.get(beginning) ?? -1) >= string.length - beginning.length;
    if (!isSought) sought.set(string, 0);
  };
  for (const string of strings) {
    add(string);
    // The lines are printed one by one, as when an object is shown.
    if (string.includes("\n")) for (const line of string.split("\n")) add(line.trim());
  }
  if (sought.size === before.sought.size) return before;
  const longest = Math.min(
    before.longest,
    lengthFor(
      [...sought.keys()].map(({ length }) => length),
      most,
    ),
  );
  if (longest < SHORTEST_BEGINNING) return undefined;
  const cut = beginnings(sought, longest);
  return { sought: cut, longest, automaton: automatonOf(cut) };
}

/** Up to which length strings of these lengths are kept, so that there is room for all. */
function lengthFor(lengths: number[], most: number): number {
  lengths.sort((one, other) => one - other);
  let room = most;
  for (const [index, length] of lengths.entries()) {
    const share = Math.floor(room / (lengths.length - index));
    if (length > share) return share;
    room -= length;
  }
  return Number.POSITIVE_INFINITY;
}

function beginnings(sought: Map<string, number>, longest: number): Map<string, number> {
  if (longest === Number.POSITIVE_INFINITY) return sought;
  const cut = new Map<string, number>();
  for (const [string, more] of sought) {
    const beginning = string.slice(0, longest);
    const after = more + string.length - beginning.length;
    cut.set(beginning, Math.max(after, cut.get(beginning) ?? 0));
  }
  return cut;
}

/** The text when secrets could not be looked for in it. */
export function withhold(text: string, { isInside }: { isInside: boolean }): string {
  if (text.length < SHORTEST) return text;
  return isInside ? WITHHELD_INSIDE : WITHHELD;
}

/** The text with `[secret]` in place of what is secret in it, also where it is written inside JSON. */
export function maskText(automaton: Automaton, text: string): string {
  if (isTooLong(text)) return WITHHELD;
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
