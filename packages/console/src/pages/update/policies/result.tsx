import { Badge, Box, Code, Group, Stack, Text, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { LetThrough } from "../../../shared/let-through.tsx";
import { Go } from "../../../shared/links.tsx";
import { LongText } from "../../../shared/long-text.tsx";
import { Bdi } from "../../../shared/strangers.tsx";
import { UnappliedExceptions } from "../../../shared/unapplied-exceptions.tsx";
import { Level } from "../../../shared/words.tsx";
import type { Result } from "./grouping.ts";
import type { PropertyChange } from "./property-changes.ts";
import { type Remediations, remediationKey } from "./remediations.ts";

/** What a policy said of a resource. `of` is the policy or the resource, whichever the group does not name. */
export function ResultLine({
  result,
  of,
  org,
  remediations,
}: {
  result: Result;
  of: ReactNode;
  org: string;
  remediations: Remediations;
}) {
  const { kind, level, pack, policy, urn, message, exceptions, unappliedExceptions } = result;
  const changes = kind === "remediated" ? remediations.get(remediationKey(pack, policy, urn)) : undefined;
  return (
    <Stack gap={2}>
      <Group gap="xs" wrap="nowrap" align="baseline">
        <How result={result} />
        <Text size="sm" component="div" className="text">
          {of}
        </Text>
      </Group>
      {message && <LongText text={message} size="sm" style={{ whiteSpace: "pre-wrap" }} />}
      {kind === "violated" && level === "mandatory" && !exceptions && !unappliedExceptions && (
        <Go
          to="/$org/insights/new-exception"
          params={{ org }}
          search={{ pack, policy, urn }}
          size="sm"
          style={{ alignSelf: "flex-start" }}
          aria-label={`Ask for an exception: ${policy}`.slice(0, 200)}
        >
          Ask for an exception
        </Go>
      )}
      <LetThrough org={org} exceptions={exceptions} />
      <UnappliedExceptions org={org} exceptions={unappliedExceptions} />
      {changes && <ChangedProperties changes={changes} />}
    </Stack>
  );
}

function How({ result: { kind, level, exceptions } }: { result: Result }) {
  if (kind === "remediated") return <Badge color="teal">remediated</Badge>;
  if (kind === "not-evaluated") return <Badge color="gray">not evaluated</Badge>;
  return exceptions ? <Badge color="grape">excepted</Badge> : <Level of={level} />;
}

/** What a policy changed, as removed and added lines. */
function ChangedProperties({ changes }: { changes: readonly PropertyChange[] }) {
  if (changes.length === 0) return null;
  return (
    <Code block p="xs" className="text" style={{ whiteSpace: "pre-wrap" }}>
      {changes.map(({ path, before, after }) => (
        <Box key={path}>
          {before !== undefined && <Line sign="−" name="Before" color="red" path={path} value={before} />}
          {after !== undefined && <Line sign="+" name="After" color="green" path={path} value={after} />}
        </Box>
      ))}
    </Code>
  );
}

function Line({
  sign,
  name,
  color,
  path,
  value,
}: {
  sign: string;
  name: string;
  color: string;
  path: string;
  value: string;
}) {
  return (
    <Text
      span
      display="block"
      fz="inherit"
      ff="inherit"
      // Green is too light for the background of code.
      style={{
        color: `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 80%, black), var(--mantine-color-${color}-4))`,
      }}
    >
      <span aria-hidden="true">{sign} </span>
      <VisuallyHidden>{name} </VisuallyHidden>
      <Bdi text={path} />: <Bdi text={value} />
    </Text>
  );
}
