import { Badge, Group, Table, Text, VisuallyHidden } from "@mantine/core";
import type { Api, ReplyOf } from "@quillon/contract";
import { useDeferredValue } from "react";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { counted } from "../../shared/numbers.ts";
import { Outcome } from "../../shared/runs.tsx";
import { Time } from "../../shared/time.tsx";
import { Severity } from "../../shared/words.tsx";

type Stack = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/stacks"]>["stacks"][number];

/** In rows. */
const IN_SIGHT = 25;

export function StackTable({ stacks, org }: { stacks: readonly Stack[]; org: string }) {
  // Those in sight are shown before the others are made.
  const shown = useDeferredValue(stacks, stacks.slice(0, IN_SIGHT));
  return (
    <Listing
      minWidth={640}
      columns={[
        "Stack",
        { number: "Findings" },
        "Worst",
        { number: "Policies passed" },
        { number: "Resources" },
        "Last update",
      ]}
    >
      {shown.map((stack) => (
        <Row key={`${stack.project}/${stack.stack}`} of={stack} org={org} />
      ))}
    </Listing>
  );
}

function Row({ of, org }: { of: Stack; org: string }) {
  const { project, stack, findings, severity, blocked, resourceCount, running, lastUpdate } = of;
  const params = { org, project, stack };
  return (
    <Table.Tr>
      <Table.Td>
        <Go to="/$org/$project/$stack" params={params}>
          {project}/{stack}
        </Go>{" "}
        {blocked > 0 && (
          <Go to="/$org/insights/findings" params={{ org }} search={{ view: "blocked", stack: `${project}/${stack}` }}>
            <Badge color="red" style={{ cursor: "pointer" }}>
              blocked<VisuallyHidden> by {counted(blocked, "mandatory violation")}</VisuallyHidden>
            </Badge>
          </Go>
        )}
      </Table.Td>
      <Table.Td ta="right">
        {findings > 0 ? (
          <Go
            to="/$org/$project/$stack/findings"
            params={params}
            aria-label={`${findings} findings of ${project}/${stack}`}
          >
            {findings}
          </Go>
        ) : (
          0
        )}
      </Table.Td>
      <Table.Td>{severity && <Severity of={severity} />}</Table.Td>
      <Table.Td ta="right">
        <Passed of={of} />
      </Table.Td>
      <Table.Td ta="right">
        {resourceCount ? (
          <Go
            to="/$org/$project/$stack/resources"
            params={params}
            aria-label={`${resourceCount} resources of ${project}/${stack}`}
          >
            {resourceCount}
          </Go>
        ) : (
          // Of a stack whose state is elsewhere nobody knows it.
          (resourceCount ?? "–")
        )}
      </Table.Td>
      <Table.Td>{running ? <Outcome of="running" /> : <Time at={lastUpdate} />}</Table.Td>
    </Table.Tr>
  );
}

/** Of the policies that it had to run. */
function Passed({ of: { passingPolicies, exceptedPolicies, policies, brokenPacks } }: { of: Stack }) {
  return (
    <Group gap={6} justify="flex-end">
      {brokenPacks > 0 && (
        <Badge color="orange">{brokenPacks === 1 ? "1 pack fails" : `${brokenPacks} packs fail`}</Badge>
      )}
      {policies > 0 ? (
        <span>
          {passingPolicies} of {policies}
          {exceptedPolicies > 0 && `, ${exceptedPolicies} excepted`}
        </span>
      ) : (
        <Text span size="sm" c="dimmed">
          not evaluated
        </Text>
      )}
    </Group>
  );
}
