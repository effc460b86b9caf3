import { Badge, Group, Loader, Text } from "@mantine/core";
import type { Api, ReplyOf } from "@quillon/contract";

/** An update or a preview of a stack. */
export type Run = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}"]>;

const kinds: Record<string, string> = {
  update: "Update",
  preview: "Preview",
  refresh: "Refresh",
  destroy: "Destroy",
  import: "Import of a state",
  rename: "Rename",
};

/** What people call it: `Update 12`, `Preview`. */
export function nameOfRun({ kind, dryRun, version }: Pick<Run, "kind" | "dryRun" | "version">): string {
  const name = kinds[kind] ?? kind;
  if (!dryRun) return kind === "preview" ? name : `${name} ${version}`;
  return kind === "update" || kind === "preview" ? "Preview" : `Preview of a ${name.toLowerCase()}`;
}

const colors: Record<Run["status"], string> = { running: "blue", succeeded: "green", failed: "red", cancelled: "gray" };

/** How it went, or that it still runs. */
export function Outcome({ of }: { of: Run["status"] }) {
  return (
    <Badge color={colors[of]} leftSection={of === "running" && <Loader size={10} color="blue" />}>
      {of}
    </Badge>
  );
}

const receiptColors = { complete: "green", incomplete: "orange", missing: "red", "not-applicable": "gray" };

/** What its receipt says. */
export function Receipt({ of }: { of: Run["receipt"] }) {
  if (!of) return null;
  return (
    <Badge color={receiptColors[of]} variant="outline">
      {of === "not-applicable" ? "not applicable" : of}
    </Badge>
  );
}

const words = { mandatory: "red", advisory: "yellow", excepted: "grape", remediated: "teal" } as const;

/** What policies reported in it, the worst first. @param unproven whether it may be that nobody asked them. */
export function Results({ of, unproven }: { of: Run["results"]; unproven: boolean }) {
  const found = Object.entries(words).filter(([word]) => of[word as keyof typeof words] > 0);
  if (found.length === 0)
    return (
      <Text span size="sm" c="dimmed">
        {unproven ? "nothing reported" : "no violations"}
      </Text>
    );
  return (
    <Group gap={4}>
      {found.map(([word, color]) => (
        <Badge key={word} color={color}>
          {of[word as keyof typeof words]}
          {of.more && "+"} {word}
        </Badge>
      ))}
    </Group>
  );
}

const signs: Record<string, string> = { create: "+", update: "~", delete: "−", replace: "±", same: "=" };

/** How many resources were made (+), changed (~), removed (−), replaced (±) and left as they were (=). */
export function Changes({ of }: { of: Run["resourceChanges"] }) {
  const counted = Object.entries(of ?? {}).filter(([, count]) => count > 0);
  const order = Object.keys(signs);
  const place = (operation: string) => (order.includes(operation) ? order.indexOf(operation) : order.length);
  const sorted = counted.toSorted(([one], [other]) => place(one) - place(other));
  return (
    <Text span size="sm" title={sorted.map(([operation, count]) => `${count} ${operation}`).join(", ")}>
      {sorted.map(([operation, count]) => `${signs[operation] ?? `${operation} `}${count}`).join("  ")}
    </Text>
  );
}
