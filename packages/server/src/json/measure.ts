/**
 * How deep a JSON value is nested (a scalar is 0 deep) and how many values are in it, including itself. It does not
 * recurse, so that deep nesting can't overflow the stack.
 */
export function measure(value: unknown): { depth: number; values: number } {
  let depth = 0;
  let values = 0;
  let level: unknown[] = [value];
  while (level.length > 0) {
    values += level.length;
    const nested = level.filter((item) => typeof item === "object" && item !== null) as object[];
    if (nested.length > 0) depth += 1;
    level = nested.flatMap((item) => Object.values(item));
  }
  return { depth, values };
}
