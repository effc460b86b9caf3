import { Alert, Badge, Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useOrganization } from "../../session.ts";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import { Time } from "../../shared/time.tsx";
import { packHealthQuery, type VersionHealth } from "../policy-packs/queries.ts";
import { EnablePack } from "./enable.tsx";

/** How previews and updates ended that had to run a pack: which versions made them fail, and what to go back to. */
export function Health({ pack }: { pack: string }) {
  const { name: org } = useOrganization();
  const query = useQuery(packHealthQuery(org, pack));
  return (
    <Loaded query={query}>
      {({ versions }) =>
        versions.every(({ runs, policyGroups }) => runs === 0 && policyGroups.length === 0) ? (
          <Empty title="No preview or update has run it yet" command="pulumi preview">
            After the next preview or update of a stack that must run it, this says how often it worked, and where it
            made one fail:
          </Empty>
        ) : (
          <Stack>
            {versions.map((version) => (
              <Revert key={version.version} pack={pack} version={version} />
            ))}
            <HealthTable versions={versions} pack={pack} />
            <Failures versions={versions} />
          </Stack>
        )
      }
    </Loaded>
  );
}

function Revert({ pack, version }: { pack: string; version: VersionHealth }) {
  const { isPolicyManager } = useOrganization();
  const [group, setGroup] = useState<string>();
  const { revert, policyGroups } = version;
  if (!revert) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={`${pack} ${version.versionTag} fails`}>
      <Text size="sm">{revert.reason}</Text>
      {isPolicyManager && (
        <Group mt="xs" gap="xs">
          {policyGroups.map((name) => (
            <Button key={name} size="xs" onClick={() => setGroup(name)}>
              Go back to {revert.versionTag} in {name}
            </Button>
          ))}
        </Group>
      )}
      {group && <EnablePack pack={pack} version={revert.versionTag} group={group} close={() => setGroup(undefined)} />}
    </Alert>
  );
}

function HealthTable({ versions, pack }: { versions: VersionHealth[]; pack: string }) {
  const { name: org } = useOrganization();
  return (
    <Listing
      minWidth={560}
      columns={[
        "Version",
        { number: "Runs" },
        { number: "Made fail" },
        { number: "Stacks that fail now" },
        "Last worked",
        "Last failed",
      ]}
    >
      {versions.map(({ version, versionTag, runs, failedRuns, failingStacks, workedAt, failedAt }) => (
        <Table.Tr key={version}>
          <Table.Td>
            <Go to="/$org/insights/policypacks/$pack/$version" params={{ org, pack, version: versionTag }}>
              {versionTag}
            </Go>
          </Table.Td>
          <Table.Td ta="right">{runs}</Table.Td>
          <Table.Td ta="right">{failedRuns}</Table.Td>
          <Table.Td ta="right">
            {failingStacks > 0 ? (
              <Text span c="var(--mantine-color-error)" fw={600} size="sm">
                {failingStacks}
              </Text>
            ) : (
              0
            )}
          </Table.Td>
          <Table.Td>
            <Time at={workedAt} />
          </Table.Td>
          <Table.Td>
            <Time at={failedAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}

function Failures({ versions }: { versions: VersionHealth[] }) {
  const { name: org } = useOrganization();
  const failures = versions.flatMap(({ versionTag, failures }) => failures.map((one) => ({ ...one, versionTag })));
  if (failures.length === 0) return null;
  return (
    <Stack gap="xs">
      <Text fw={600} component="h2" size="md" m={0}>
        {counted(failures.length, "failure")}
      </Text>
      {failures.map(({ project, stack, versionTag, failing, stage, message, certain, failedAt, updateID }) => (
        <div key={updateID + versionTag}>
          <Group gap="xs">
            <Go to="/$org/$project/$stack" params={{ org, project, stack }}>
              {project}/{stack}
            </Go>
            {failing && <Badge color="red">fails now</Badge>}
            <Text size="sm" c="dimmed">
              {versionTag} could not {stage}
              {!certain && ", it seems"}, <Time at={failedAt} />
            </Text>
          </Group>
          <Code block className="text" style={{ whiteSpace: "pre-wrap" }}>
            {message}
          </Code>
        </div>
      ))}
    </Stack>
  );
}
