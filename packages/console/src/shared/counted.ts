/** `counted(1, "stack")` is `1 stack`, `counted(2, "stack")` is `2 stacks`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
}
