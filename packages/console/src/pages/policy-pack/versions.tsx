import { Badge, Code, Group, Table } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { Time } from "../../shared/time.tsx";
import { runtimeName } from "../policy-pack-version/facts.tsx";
import { type ListedVersion, type Pack, versionsQuery } from "../policy-packs/queries.ts";

/** The published versions of a pack. */
export function Versions({ pack }: { pack: Pack }) {
  const { name: org } = useOrganization();
  const query = useInfiniteQuery(versionsQuery(org, pack.name));
  return (
    <More query={query} rowsOf={({ versions }) => versions}>
      {(versions) => (
        <Listing
          minWidth={760}
          columns={["Version", "Published", "By", "Runs on", { number: "Policies" }, "Archive (SHA-256)", "Enabled in"]}
        >
          {versions.map((version) => (
            <Row key={version.version} version={version} pack={pack} />
          ))}
        </Listing>
      )}
    </More>
  );
}

function Row({ version, pack }: { version: ListedVersion; pack: Pack }) {
  const { name: org } = useOrganization();
  const groups = pack.policyGroups.filter((group) => group.version === version.version);
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <Go
            to="/$org/insights/policypacks/$pack/$version"
            params={{ org, pack: pack.name, version: version.versionTag }}
          >
            {version.versionTag}
          </Go>
          {version.version === pack.newest.version && <Badge color="gray">newest</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        <Time at={version.publishedAt} />
      </Table.Td>
      <Table.Td>{version.publishedBy ?? "a user who was removed"}</Table.Td>
      <Table.Td>{version.runtime && runtimeName(version.runtime)}</Table.Td>
      <Table.Td ta="right">{version.policies}</Table.Td>
      <Table.Td>
        <Code title={version.sha256}>{version.sha256.slice(0, 12)}</Code>
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          {groups.map(({ name }) => (
            <Go key={name} to="/$org/insights/policygroups/$group" params={{ org, group: name }}>
              {name}
            </Go>
          ))}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
