const UNITS: Record<string, number> = { h: 3600, d: 86_400, w: 604_800 };

/**
 * When something ends, in unix seconds: `90d`, `12h` or `4w` from now, or the beginning of a day such as `2030-01-31` (UTC).
 *
 * @throws Error that says how to write it.
 */
export function parseExpiry(text: string, now: Date, option = "--expires"): number {
  return parseMoment(option, text, now, 1);
}

/** A moment in the past, in unix seconds: `90d`, `12h` or `4w` ago, or the beginning of a day. @throws Error as `parseExpiry`. */
export function parseSince(option: string, text: string, now: Date): number {
  return parseMoment(option, text, now, -1);
}

/** A length of time in whole hours: `12h`, `30d` or `4w`. @throws Error that says how to write it. */
export function parseHours(option: string, text: string): number {
  const [, count, unit] = SPAN.exec(text) ?? [];
  if (count && unit) return (Number(count) * (UNITS[unit] ?? 0)) / 3600;
  throw new Error(`${option} can't be "${text}": write whole hours, days or weeks, such as 12h, 30d or 4w.`);
}

const SPAN = /^([1-9]\d{0,4})([hdw])$/;

function parseMoment(option: string, text: string, now: Date, direction: 1 | -1): number {
  const span = SPAN.exec(text);
  const nowSeconds = Math.floor(now.getTime() / 1000);
  if (span) return Math.max(0, nowSeconds + direction * Number(span[1]) * (UNITS[span[2] ?? ""] ?? 0));
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // JavaScript takes 30 February for a day in March.
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(text))
    throw new Error(`${option} can't be "${text}": write 90d, 12h, 4w, or a day such as 2030-01-31.`);
  return day / 1000;
}
