import { Alert, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { counted } from "../../shared/numbers.ts";
import type { AppliedPack, GroupSummary } from "../policy-groups/queries.ts";
import { runtimeName } from "../policy-pack-version/facts.tsx";

interface ConsequenceProps {
  group: Pick<GroupSummary, "name" | "isOrgDefault" | "mode" | "numStacks">;
  /** Such as `passwords 1.1.0`. */
  pack: string;
  runtime: string | undefined;
  /** What the group has of the pack now. */
  enabled: AppliedPack | undefined;
  follow: boolean;
  /** Whether the group has just this version now, so that only its configuration changes. */
  same?: boolean;
}

/** Whom it touches when a version is enabled in a group, and what they need. */
export function Consequence({ group, pack, runtime, enabled, follow, same = false }: ConsequenceProps) {
  return (
    <Alert variant="light" color={group.isOrgDefault ? "yellow" : "blue"} icon={<IconInfoCircle />} p="sm">
      <Text size="sm" className="text">
        {whom(group, pack, { runtime, same })}{" "}
        {group.isOrgDefault && "This is the default group: it takes in every new stack, too. "}
        {enabled && !same && `It replaces ${enabled.versionTag || enabled.version}. `}
        {follow && "Each new version comes into effect as soon as it is published, if the configuration fits it."}
      </Text>
    </Alert>
  );
}

function whom(
  { name, mode, numStacks }: ConsequenceProps["group"],
  pack: string,
  { runtime, same }: { runtime: string | undefined; same: boolean },
): string {
  if (mode === "audit") return `The mode of ${name} is audit: no update has to run ${pack}.`;
  const stacks = counted(numStacks, "stack");
  if (same) return `${stacks} must run ${pack}. What you change counts from the next preview or update on.`;
  const needs = runtime ? `, so whoever runs one of them needs ${runtimeName(runtime)}` : "";
  return `${stacks} must run ${pack} from the next preview or update on${needs}.`;
}
