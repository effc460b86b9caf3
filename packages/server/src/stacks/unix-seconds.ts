/** A time as the CLI takes it; 0 for one that has not come. */
export function unixSeconds(time: Date | null): number {
  return time ? Math.floor(time.getTime() / 1000) : 0;
}
