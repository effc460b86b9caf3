import type { Days, Overview } from "./queries.ts";

/** A score: so many of so many. */
export interface Score {
  n: number;
  of: number;
}

export interface Day {
  /** Such as 2030-01-31, in UTC. Empty for now. */
  day: string;
  policies: Score | undefined;
  resources: Score | undefined;
  /** How often something was changed on it that scores depend on. */
  changes: { event: string; count: number }[];
}

/** The days that are known, the first one first, and at the end what is so now. */
export function trendOf({ days, resources, changes }: Days, now: Overview["scores"]): Day[] {
  const byDay = new Map<string, Day>();
  const dayOf = (day: string): Day => {
    const known = byDay.get(day) ?? { day, policies: undefined, resources: undefined, changes: [] };
    byDay.set(day, known);
    return known;
  };
  for (const { day, passingPolicies, policies } of days) {
    const { policies: sum = { n: 0, of: 0 } } = dayOf(day);
    dayOf(day).policies = { n: sum.n + passingPolicies, of: sum.of + policies };
  }
  for (const { day, cleanResources, governedResources } of resources)
    dayOf(day).resources = { n: cleanResources, of: governedResources };
  for (const { day, event, count } of changes) dayOf(day).changes.push({ event, count });
  const known = [...byDay.values()].sort((one, other) => one.day.localeCompare(other.day));
  return [
    ...known,
    {
      day: "",
      policies: { n: now.passingPolicies, of: now.policies },
      resources: { n: now.cleanResources, of: now.governedResources },
      changes: [],
    },
  ];
}

export interface Point extends Score {
  day: string;
  /** From 0, the beginning, to 1, now. */
  x: number;
  /** From 0 to 1. */
  part: number;
}

const DAY_MS = 86_400_000;

/** Where the scores of a trend are in time. What had nothing to judge has no point. */
export function pointsOf(trend: readonly Day[], score: (day: Day) => Score | undefined, now: number): Point[] {
  const timeOf = ({ day }: Day) => (day === "" ? now : Date.parse(day));
  const scored = trend.flatMap((day) => {
    const found = score(day);
    return found && found.of > 0 ? [{ day, found }] : [];
  });
  const [first] = scored;
  if (!first) return [];
  const begin = timeOf(first.day);
  const length = Math.max(now - begin, DAY_MS);
  return scored.map(({ day, found }) => ({
    day: day.day,
    ...found,
    x: Math.min(1, (timeOf(day) - begin) / length),
    part: found.n / found.of,
  }));
}

/** The lowest and the highest part that a line shows: at least a tenth, so that a small change looks small. */
export function rangeOf(points: readonly Point[]): { low: number; high: number } {
  const parts = points.map(({ part }) => part);
  const high = Math.min(1, Math.max(...parts) + 0.05);
  const low = Math.max(0, Math.min(...parts, high - 0.1) - 0.05);
  return { low, high };
}
