import { Box, Group, Table, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { written } from "../../shared/numbers.ts";
import { Time } from "../../shared/time.tsx";
import type { Overview } from "./queries.ts";

type Blocked = Overview["blocked"];
type Run = Blocked["runs"][number];

/** Who can't deploy because of a mandatory policy. */
export function BlockedRuns({ org, blocked }: { org: string; blocked: Blocked }) {
  const { violations, stacks, runs } = blocked;
  return (
    <Box component="section" aria-labelledby="blocked-now">
      <Group justify="space-between" mb={4}>
        <Title
          order={2}
          id="blocked-now"
          {...(violations > 0 && { c: "light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))" })}
        >
          {violations > 0
            ? `${written(stacks)} ${stacks === 1 ? "stack is" : "stacks are"} blocked now`
            : "Blocked now"}
        </Title>
        {violations > 0 && (
          <Go to="/$org/insights/findings" params={{ org }} search={{ view: "blocked" }} size="sm">
            {violations === 1 ? "The violation" : `All ${written(violations)} violations`}
          </Go>
        )}
      </Group>
      {violations === 0 ? <NothingBlocked /> : <Runs org={org} runs={runs} />}
    </Box>
  );
}

function NothingBlocked() {
  return (
    <Group gap={6} c="dimmed" wrap="nowrap">
      <IconCircleCheck size={16} color="var(--mantine-color-green-6)" />
      <Text size="sm">No preview or update is stopped by a mandatory policy.</Text>
    </Group>
  );
}

function Runs({ org, runs }: { org: string; runs: Run[] }) {
  return (
    <Listing
      minWidth={620}
      columns={["Stack", "Stopped by", "Who", { plain: "Run" }]}
      label="The newest blocked previews and updates"
    >
      {runs.map((run) => (
        <Table.Tr key={`${run.updateID} ${run.source}`}>
          <Table.Td miw={150}>
            <Go to="/$org/$project/$stack" params={{ org, project: run.project, stack: run.stack }}>
              {run.project}/{run.stack}
            </Go>
          </Table.Td>
          <Table.Td>
            <Violated org={org} run={run} />
          </Table.Td>
          <Table.Td miw={90}>{run.requestedBy || <Text c="dimmed">unknown</Text>}</Table.Td>
          <Table.Td>
            <RunLink org={org} run={run} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}

function Violated({ org, run }: { org: string; run: Run }) {
  const { policies, violations, project, stack } = run;
  const where = { to: "/$org/insights/findings", params: { org } } as const;
  const search = { view: "blocked", stack: `${project}/${stack}` } as const;
  return (
    <>
      {policies.map(({ policyPack, policyName }) => (
        <Text key={`${policyPack} ${policyName}`} size="sm" className="text">
          <Go {...where} search={search}>
            {policyPack}/<b>{policyName}</b>
          </Go>
        </Text>
      ))}
      {violations > policies.length && (
        <Go {...where} search={search} size="sm">
          {written(violations)} violations
        </Go>
      )}
    </>
  );
}

function RunLink({ org, run }: { org: string; run: Run }) {
  const { project, stack, updateID, version, dryRun, source, lastSeenAt } = run;
  return (
    <>
      {dryRun ? (
        <Go to="/$org/$project/$stack/previews/$updateId" params={{ org, project, stack, updateId: updateID }}>
          Preview
        </Go>
      ) : (
        <Go to="/$org/$project/$stack/updates/$version" params={{ org, project, stack, version: String(version) }}>
          Update {version}
        </Go>
      )}
      <Text size="xs" c="dimmed" className="text">
        {source && `${source}, `}
        <Time at={lastSeenAt} />
      </Text>
    </>
  );
}
