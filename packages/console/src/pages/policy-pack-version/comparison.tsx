import { Badge, Code, NativeSelect, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { Empty, ManagersEmpty } from "../../shared/empty.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { closed } from "../../shared/strangers.tsx";
import { type PackVersion, versionNamesQuery, versionQuery } from "../policy-packs/queries.ts";
import { difference, type PolicyChange } from "./difference.ts";

interface ComparisonProps {
  version: PackVersion;
  /** The name of the other version; empty: the one before. */
  other: string;
  onOther: (name: string) => void;
}

/** What a version does differently from another one. */
export function Comparison({ version, other, onOther }: ComparisonProps) {
  const { name: org } = useOrganization();
  const names = useQuery(versionNamesQuery(org, version.name));
  return (
    <Loaded query={names}>
      {(all) => {
        const own = version.versionTag || String(version.version);
        const others = all.filter((name) => name !== own);
        const [first] = others;
        if (!first)
          return (
            <ManagersEmpty title="There is no other version" command={`pulumi policy publish ${org}`}>
              The difference is shown when a second one is published:
            </ManagersEmpty>
          );
        const chosen = other || all[all.indexOf(own) + 1] || first;
        return (
          <Stack>
            <NativeSelect
              label="Compared with"
              data={others}
              value={chosen}
              onChange={({ currentTarget }) => onOther(currentTarget.value)}
              maw={240}
            />
            <Changes version={version} other={chosen} />
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Changes({ version, other }: { version: PackVersion; other: string }) {
  const { name: org } = useOrganization();
  const query = useQuery(versionQuery(org, version.name, other));
  return (
    <Loaded query={query}>
      {(before) => {
        const changes = difference(before.policies, version.policies);
        if (changes.length === 0)
          return (
            <Empty title="The policies are the same">
              Their names, levels, severities and configuration are. What their code does is not compared.
            </Empty>
          );
        return <ChangeTable changes={changes} />;
      }}
    </Loaded>
  );
}

const colors = { added: "teal", removed: "red", changed: "blue" };

function ChangeTable({ changes }: { changes: PolicyChange[] }) {
  return (
    <Listing minWidth={640} columns={[{ plain: "Change" }, { plain: "Policy" }, { plain: "What" }]}>
      {changes.map(({ policy, change, parts }) => (
        <Table.Tr key={policy} style={{ verticalAlign: "top" }}>
          <Table.Td>
            <Badge color={colors[change]}>{change}</Badge>
          </Table.Td>
          <Table.Td>{policy}</Table.Td>
          <Table.Td>
            {parts.map(({ what, from, to }) => (
              <Text key={what} size="sm" className="text">
                {what}: {from && <Code>{closed(from)}</Code>}
                {from && to && " → "}
                {to && <Code>{closed(to)}</Code>}
                {from && !to && change === "changed" && " taken away"}
              </Text>
            ))}
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}
