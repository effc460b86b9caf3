import { Button, Center, Code, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Empty } from "../../shared/empty.tsx";
import { LongText } from "../../shared/long-text.tsx";
import { Isolated, shownJson } from "../../shared/strangers.tsx";
import { Level, Severity } from "../../shared/words.tsx";
import type { PackVersion } from "../policy-packs/queries.ts";

/** Newer CLIs send more of a policy than the contract names. */
type Policy = PackVersion["policies"][number] & {
  framework?: { name?: string; version?: string; reference?: string };
  remediationSteps?: string;
};

const SHOWN = 100;

interface PoliciesProps {
  policies: readonly Policy[];
  /** A part of their names or descriptions. */
  find: string;
  onFind: (text: string) => void;
}

/** The policies of a version of a pack. */
export function Policies({ policies, find, onFind }: PoliciesProps) {
  const [limit, setLimit] = useState(SHOWN);
  const looked = find.toLowerCase();
  const found = policies.filter(({ name, description = "" }) =>
    `${name} ${description}`.toLowerCase().includes(looked),
  );
  return (
    <Stack>
      {policies.length > 10 && (
        <TextInput
          label="Find a policy"
          placeholder="a part of its name or description"
          defaultValue={find}
          onChange={({ currentTarget }) => onFind(currentTarget.value)}
          maw={360}
        />
      )}
      {found.length === 0 ? (
        <Empty title="No policy matches">
          Of {policies.length} policies, none has “{find}” in its name or description.
        </Empty>
      ) : (
        <PolicyTable policies={found.slice(0, limit)} />
      )}
      {found.length > limit && (
        <Center>
          <Button variant="default" onClick={() => setLimit(limit + SHOWN)}>
            Show more of {found.length}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function PolicyTable({ policies }: { policies: readonly Policy[] }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Policy</Table.Th>
            <Table.Th w={140}>Level</Table.Th>
            <Table.Th w={120}>Severity</Table.Th>
            <Table.Th w={180}>Framework</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {policies.map((policy) => (
            <Table.Tr key={policy.name} style={{ verticalAlign: "top" }}>
              <Table.Td>
                <Text fw={500} size="sm">
                  {policy.name}
                </Text>
                {policy.description && <LongText text={policy.description} size="sm" c="dimmed" />}
                <More policy={policy} />
              </Table.Td>
              <Table.Td>{policy.enforcementLevel && <Level of={policy.enforcementLevel} />}</Table.Td>
              <Table.Td>
                <Severity of={policy.severity ?? ""} />
              </Table.Td>
              <Table.Td>
                <LongText text={frameworkOf(policy)} size="sm" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function frameworkOf({ framework }: Policy): string {
  return [framework?.name, framework?.version, framework?.reference].filter(Boolean).join(" ");
}

/** What is read seldom, folded. */
function More({ policy: { configSchema, remediationSteps } }: { policy: Policy }) {
  const properties = Object.keys(configSchema?.properties ?? {}).filter((name) => name !== "enforcementLevel");
  return (
    <>
      {remediationSteps && (
        <details>
          <Text component="summary" size="xs">
            How to correct it
          </Text>
          <LongText text={remediationSteps} size="sm" />
        </details>
      )}
      {configSchema && properties.length > 0 && (
        <details>
          <Text component="summary" size="xs">
            Configuration: <Isolated texts={properties} />
          </Text>
          <Code block className="text">
            {shownJson(configSchema)}
          </Code>
        </details>
      )}
    </>
  );
}
