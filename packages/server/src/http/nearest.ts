import { closestMatch } from "leven";

/**
 * The known name that somebody meant who wrote `name`, in any case of letters: of those that contain it, or that it contains,
 * the one of the most similar length; else the one with the fewest letters to change. Undefined when none is like it.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  if (lower.length < 2 || lower.length > 100) return undefined;
  const byLower = new Map(known.map((one) => [one.toLowerCase(), one]));
  const candidates = [...byLower.keys()];
  const difference = (one: string) => Math.abs(one.length - lower.length);
  const [similar] = candidates
    .filter((one) => one.includes(lower) || lower.includes(one))
    .sort((a, b) => difference(a) - difference(b));
  // Half of the letters: more would propose names that have nothing to do with this one.
  const found = similar ?? closestMatch(lower, candidates, { maxDistance: Math.floor(lower.length / 2) });
  return byLower.get(found ?? "");
}
