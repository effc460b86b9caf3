/** Of one request: values, and characters of them. */
const MOST_VALUES = 1_000;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** In parts that are not too large for one request, in order. */
export function inParts(
  values: readonly string[],
  { most = MOST_VALUES, characters = MOST_CHARACTERS } = {},
): string[][] {
  const parts: string[][] = [];
  let size = 0;
  for (const value of values) {
    const last = parts.at(-1);
    if (last && last.length < most && size + value.length <= characters) {
      last.push(value);
      size += value.length;
    } else {
      parts.push([value]);
      size = value.length;
    }
  }
  return parts;
}
