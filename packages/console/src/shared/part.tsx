import { Text } from "@mantine/core";
import { written } from "./numbers.ts";

/** How much of a whole: `12 of 14`. What is not complete is stronger than what is. */
export function Part({ n, of }: { n: number; of: number }) {
  if (of === 0)
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    );
  return (
    <Text span inherit fw={n < of ? 600 : undefined}>
      {written(n)} of {written(of)}
    </Text>
  );
}

/** The colour behind a score, which says again what its numbers say. */
export function partColor(n: number, of: number): string {
  if (of === 0) return "transparent";
  const part = n / of;
  const color = part === 1 ? "green" : part >= 0.9 ? "yellow" : part >= 0.5 ? "orange" : "red";
  return `var(--mantine-color-${color}-light)`;
}
