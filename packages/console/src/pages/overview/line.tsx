import { Group, Text } from "@mantine/core";
import { type Point, rangeOf } from "./trend.ts";

const WIDTH = 300;
const HEIGHT = 48;

interface LineProps {
  label: string;
  points: readonly Point[];
  /** The days on which something was changed, which the line has marks for. */
  changed: ReadonlySet<string>;
}

/** How a score went. It says nothing that the table of days does not say. */
export function Line({ label, points, changed }: LineProps) {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < 2 || !first || !last)
    return (
      <Text size="sm" c="dimmed">
        How it changes is shown here from the second day on.
      </Text>
    );
  const { low, high } = rangeOf(points);
  const at = ({ x, part }: Point) => ({ x: x * WIDTH, y: HEIGHT - ((part - low) / (high - low)) * HEIGHT });
  const path = points.map((point) => `${at(point).x.toFixed(1)},${at(point).y.toFixed(1)}`).join(" ");
  return (
    <figure style={{ margin: 0 }}>
      <svg
        viewBox={`0 -4 ${WIDTH} ${HEIGHT + 12}`}
        width="100%"
        height={72}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}: ${percent(first)} on ${first.day}, ${percent(last)} now`}
      >
        <polyline
          points={path}
          fill="none"
          stroke="var(--mantine-color-indigo-5)"
          strokeWidth={2}
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
        {points
          .filter(({ day }) => changed.has(day))
          .map((point) => (
            <line
              key={point.day}
              x1={at(point).x}
              x2={at(point).x}
              y1={HEIGHT + 1}
              y2={HEIGHT + 8}
              stroke="var(--mantine-color-text)"
              strokeWidth={2}
              vectorEffect="non-scaling-stroke"
            />
          ))}
      </svg>
      <Group component="figcaption" justify="space-between" fz="xs" c="dimmed">
        <span>
          {percent(first)} on {dayText(first.day)}
        </span>
        <span>{percent(last)} now</span>
      </Group>
    </figure>
  );
}

const percent = ({ n, of }: Point) => `${Math.floor((n / of) * 100)} %`;

const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** A day as people write it: `31 Jan`. */
export const dayText = (day: string): string => days.format(new Date(day));
