const numbers = new Intl.NumberFormat("en");

/** A number with separators: `12,345`. */
export const written = (count: number): string => numbers.format(count);

/** `counted(1, "stack")` is `1 stack`, `counted(2, "stack")` is `2 stacks`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${written(count)} ${count === 1 ? one : several}`;
}
