import { Badge } from "@mantine/core";

/** A word that is none of ours comes from a stranger, and may be long. */
function coloured(colors: Readonly<Record<string, string>>, word: string) {
  const color = Object.hasOwn(colors, word) ? colors[word] : undefined;
  return color ? { color } : { color: "gray", miw: 0, maw: "100%" };
}

const severityColors: Record<string, string> = { critical: "red.9", high: "orange", medium: "yellow", low: "blue" };

/** How severe a policy is: critical, high, medium or low. */
export function Severity({ of }: { of: string }) {
  if (!of) return null;
  return (
    <Badge {...coloured(severityColors, of)} variant={of === "critical" ? "filled" : "light"}>
      {of}
    </Badge>
  );
}

const levelColors: Record<string, string> = {
  mandatory: "red",
  advisory: "yellow",
  remediate: "teal",
  disabled: "gray",
};

/** What a violation does: mandatory stops the update, advisory is only shown, remediate changes the resource. */
export function Level({ of }: { of: string }) {
  return (
    <Badge {...coloured(levelColors, of)} variant="outline">
      {of}
    </Badge>
  );
}

const statusColors: Record<string, string> = {
  open: "red",
  in_progress: "blue",
  fixed: "green",
  excepted: "grape",
  by_design: "gray",
  ignored: "gray",
};

/** Where a finding or a run is: `in_progress` is shown as `in progress`. */
export function Status({ of, color }: { of: string; color?: string }) {
  return <Badge color={color ?? statusColors[of] ?? "gray"}>{of.replaceAll(/[_-]/g, " ")}</Badge>;
}
