/** @example counted(1, "row") is "1 row", and counted(12345, "row") "12,345 rows". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
