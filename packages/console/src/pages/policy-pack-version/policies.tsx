import { Button, Center, Code, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useOrganization } from "../../session.ts";
import { Empty } from "../../shared/empty.tsx";
import { type Fix, FoldedFix } from "../../shared/how-to-fix.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { LongText } from "../../shared/long-text.tsx";
import { Isolated, shownJson } from "../../shared/strangers.tsx";
import { Tags } from "../../shared/tags.tsx";
import { shortened } from "../../shared/urn.tsx";
import { Level, Severity } from "../../shared/words.tsx";
import { readPolicy } from "../finding/queries.ts";
import type { PackVersion } from "../policy-packs/queries.ts";

type Policy = PackVersion["policies"][number];

const SHOWN = 100;

interface PoliciesProps {
  pack: string;
  policies: readonly Policy[];
  /** A part of their names or descriptions. */
  find: string;
  onFind: (text: string) => void;
}

/** The policies of a version of a pack. */
export function Policies({ pack, policies, find, onFind }: PoliciesProps) {
  const [limit, setLimit] = useState(SHOWN);
  const [searches] = useState(policies.length > 10 || find !== "");
  const looked = find.toLowerCase();
  const found = policies.filter((policy) => {
    const { description, tags } = readPolicy(policy);
    return [policy.name, description, ...tags].join(" ").toLowerCase().includes(looked);
  });
  return (
    <Stack>
      {searches && (
        <TextInput
          label="Find a policy"
          placeholder="a part of its name or description, or a tag"
          defaultValue={find}
          onChange={({ currentTarget }) => onFind(currentTarget.value)}
          maw={360}
        />
      )}
      {found.length === 0 ? (
        <Empty title="No policy matches">
          Of {policies.length} policies, none has “{find}” in its name, description or tags.
        </Empty>
      ) : (
        <PolicyTable pack={pack} policies={found.slice(0, limit)} />
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

function PolicyTable({ pack, policies }: Pick<PoliciesProps, "pack" | "policies">) {
  return (
    <Listing minWidth={640} columns={["Policy", "Level", "Severity", "Framework"]}>
      {policies.map((policy) => (
        <Row key={policy.name} pack={pack} policy={policy} />
      ))}
    </Listing>
  );
}

function Row({ pack, policy }: { pack: string; policy: Policy }) {
  const { name: org } = useOrganization();
  const { name, enforcementLevel, severity, configSchema } = policy;
  const { description, tags, framework, remediationSteps, url } = readPolicy(policy);
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>
        <Group gap="xs" align="baseline">
          <Text fw={500} size="sm" className="text">
            {name}
          </Text>
          <Go
            to="/$org/insights/findings"
            params={{ org }}
            search={{ pack, policy: name }}
            size="xs"
            aria-label={`Findings of ${shortened(name)}`}
          >
            Findings
          </Go>
        </Group>
        {description && <LongText text={description} size="sm" c="dimmed" />}
        <Tags of={tags} />
        <More {...(configSchema && { configSchema })} remediationSteps={remediationSteps} url={url} />
      </Table.Td>
      <Table.Td>{enforcementLevel && <Level of={enforcementLevel} />}</Table.Td>
      <Table.Td>
        <Severity of={severity ?? ""} />
      </Table.Td>
      <Table.Td>
        <LongText text={framework} size="sm" />
      </Table.Td>
    </Table.Tr>
  );
}

/** What is read seldom, folded. */
function More({ configSchema, remediationSteps, url }: Pick<Policy, "configSchema"> & Fix) {
  const properties = Object.keys(configSchema?.properties ?? {}).filter((name) => name !== "enforcementLevel");
  return (
    <>
      <FoldedFix fix={{ remediationSteps, url }} />
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
