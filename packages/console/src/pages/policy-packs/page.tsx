import { Badge, Group, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { ManagersEmpty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { Page } from "../../shared/page.tsx";
import { Time } from "../../shared/time.tsx";
import { type Pack, packsQuery } from "./queries.ts";

export function PolicyPacksPage() {
  const { name: org } = useOrganization();
  const query = useInfiniteQuery(packsQuery(org));
  return (
    <Page title="Policy packs" about="What is published, and where it applies.">
      <More query={query} rowsOf={({ policyPacks }) => policyPacks}>
        {(packs) =>
          packs.length > 0 ? (
            <Packs packs={packs} org={org} />
          ) : (
            <ManagersEmpty title="No policy pack is published yet" command={`pulumi policy publish ${org}`}>
              A pack is a folder with a PulumiPolicy.yaml. In that folder, type:
            </ManagersEmpty>
          )
        }
      </More>
    </Page>
  );
}

function Packs({ packs, org }: { packs: Pack[]; org: string }) {
  return (
    <Listing
      minWidth={720}
      columns={["Policy pack", "Newest", "Published", { number: "Policies" }, "Enabled in", { number: "Stacks" }]}
    >
      {packs.map((pack) => (
        <Row key={pack.name} pack={pack} org={org} />
      ))}
    </Listing>
  );
}

function Row({
  pack: { name, displayName, versions, newest, policyGroups, stacks },
  org,
}: {
  pack: Pack;
  org: string;
}) {
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={0} align="flex-start">
          <Go to="/$org/insights/policypacks/$pack" params={{ org, pack: name }}>
            {name}
          </Go>
          {displayName && displayName !== name && (
            <Text size="xs" c="dimmed" lineClamp={1} maw={360}>
              {displayName}
            </Text>
          )}
        </Stack>
      </Table.Td>
      <Table.Td>
        <Go to="/$org/insights/policypacks/$pack/$version" params={{ org, pack: name, version: newest.versionTag }}>
          {newest.versionTag}
        </Go>
        {versions > 1 && (
          <Text size="xs" c="dimmed">
            of{" "}
            <Go to="/$org/insights/policypacks/$pack" params={{ org, pack: name }} search={{ tab: "versions" }}>
              {versions} versions
            </Go>
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Time at={newest.publishedAt} />
        {newest.publishedBy && (
          <Text size="xs" c="dimmed">
            by {newest.publishedBy}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Go
          to="/$org/insights/policypacks/$pack"
          params={{ org, pack: name }}
          search={{ tab: "policies" }}
          aria-label={`${newest.policies} policies of ${name}`}
        >
          {newest.policies}
        </Go>
      </Table.Td>
      <Table.Td>
        <AppliedIn groups={policyGroups} newest={newest.versionTag} org={org} />
      </Table.Td>
      <Table.Td ta="right">
        <Go
          to="/$org/insights/policypacks/$pack"
          params={{ org, pack: name }}
          aria-label={`${stacks} stacks must run ${name}`}
        >
          {stacks}
        </Go>
      </Table.Td>
    </Table.Tr>
  );
}

const SHOWN = 3;

function AppliedIn({ groups, newest, org }: { groups: Pack["policyGroups"]; newest: string; org: string }) {
  if (groups.length === 0)
    return (
      <Text size="sm" c="dimmed">
        no group
      </Text>
    );
  return (
    <Group gap={6}>
      {groups.slice(0, SHOWN).map(({ name, versionTag }) => (
        <Group key={name} gap={4} wrap="nowrap">
          <Go to="/$org/insights/policygroups/$group" params={{ org, group: name }}>
            {name}
          </Go>
          {versionTag !== newest && (
            <Badge size="xs" color="yellow" title="Not the newest version" tt="none" miw={0}>
              {versionTag}
            </Badge>
          )}
        </Group>
      ))}
      {groups.length > SHOWN && (
        <Text size="xs" c="dimmed">
          and {groups.length - SHOWN} more
        </Text>
      )}
    </Group>
  );
}
