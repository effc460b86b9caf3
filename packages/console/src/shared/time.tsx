const units: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** How far a time is from now, in the largest unit that fits: `3 days ago`, `in 2 hours`. */
export function fromNow(at: Date, now: Date = new Date()): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? (["second", 1] as const);
  if (unit === "second") return seconds > 0 ? "in a moment" : "just now";
  return relative.format(Math.trunc(seconds / length), unit);
}

export const hasEnded = (at: string): boolean => new Date(at) < new Date();

/** A time as people say it; the exact one is its title. Pulumi's API has some as texts and some in unix seconds, 0 for never. */
export function Time({ at, never = "never" }: { at: string | number | undefined; never?: string }) {
  if (!at) return <>{never}</>;
  const date = new Date(typeof at === "number" ? at * 1000 : at);
  return (
    <time dateTime={date.toISOString()} title={absolute.format(date)}>
      {fromNow(date)}
    </time>
  );
}
