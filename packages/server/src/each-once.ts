/** @returns `make`, which is asked once for each text, for loops that meet the same long text many times. */
export function eachOnce<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, { value: T }>();
  return (text) => {
    const known = made.get(text) ?? { value: make(text) };
    made.set(text, known);
    return known.value;
  };
}
