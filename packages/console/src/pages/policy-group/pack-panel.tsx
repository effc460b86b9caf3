import { Badge, Group, Select, Stack, Table, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useOrganization } from "../../session.ts";
import { ManagersEmpty } from "../../shared/empty.tsx";
import { Go, GoButton } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import type { AppliedPack, GroupSummary, PolicyGroup, Seen } from "../policy-groups/queries.ts";
import { DisablePack } from "../policy-pack/disable.tsx";
import { packsQuery } from "../policy-packs/queries.ts";
import { levelOf } from "./config.ts";
import { PackForm } from "./pack-form.tsx";

const route = getRouteApi("/signed-in/$org/insights/policygroups/$group");

interface PackPanelProps {
  group: PolicyGroup;
  etag: string;
  summary: GroupSummary;
  /** Whose configuration is open. */
  pack: string | undefined;
  version: string | undefined;
  readAgain: () => Promise<Seen>;
}

/** The packs that a group has enabled, or one of them with its configuration. */
export function PackPanel(props: PackPanelProps) {
  const { isPolicyManager } = useOrganization();
  const { group, summary, pack } = props;
  if (pack && isPolicyManager) return <OpenPack key={pack} {...props} pack={pack} />;
  return (
    <Stack>
      {group.appliedPolicyPacks.length > 0 ? (
        <EnabledPacks group={group} summary={summary} />
      ) : (
        <NoPacks group={group} />
      )}
      {isPolicyManager && <AddPack group={group} />}
    </Stack>
  );
}

function OpenPack({ group, etag, summary, pack, version, readAgain }: PackPanelProps & { pack: string }) {
  const navigate = route.useNavigate();
  // What others change meanwhile is not shown here, so that saving it is refused instead of taking that back.
  const [seen, setSeen] = useState<Seen>({ reply: group, etag });
  const enabled = seen.reply.appliedPolicyPacks.find(({ name }) => name === pack);
  return (
    <Stack>
      <Title order={2}>
        {pack} in {group.name}
      </Title>
      <PackForm
        key={seen.etag}
        group={seen.reply}
        etag={seen.etag}
        summary={summary}
        pack={pack}
        version={wantedVersion(version, enabled)}
        again={() => void readAgain().then(setSeen)}
        close={() => void navigate({ search: {} })}
      />
    </Stack>
  );
}

/** In the address `latest` is the newest version, followed, because no version can be called so. */
function wantedVersion(version: string | undefined, enabled: AppliedPack | undefined): string {
  if (version) return version === "latest" ? "" : version;
  return enabled && !enabled.follows ? nameOf(enabled) : "";
}

const nameOf = ({ version, versionTag }: AppliedPack) => versionTag || String(version);

function NoPacks({ group }: { group: PolicyGroup }) {
  const { name: org } = useOrganization();
  const inGroup = group.isOrgDefault ? "" : ` --policy-group ${/\s/.test(group.name) ? `"${group.name}"` : group.name}`;
  return (
    <ManagersEmpty title="It has no policy pack enabled" command={`pulumi policy enable ${org}/PACK latest${inGroup}`}>
      So its stacks run nothing because of it. Choose a pack below, or type:
    </ManagersEmpty>
  );
}

function EnabledPacks({ group, summary }: { group: PolicyGroup; summary: GroupSummary }) {
  return (
    <Listing minWidth={600} columns={["Policy pack", "Version", "Level", "Configured", { hidden: "Actions" }]}>
      {group.appliedPolicyPacks.map((pack) => (
        <EnabledRow key={pack.name} pack={pack} summary={summary} />
      ))}
    </Listing>
  );
}

function EnabledRow({ pack, summary }: { pack: AppliedPack; summary: GroupSummary }) {
  const { name: org, isPolicyManager } = useOrganization();
  const { name, config = {}, follows, behind } = pack;
  const configured = Object.keys(config).filter((policy) => policy !== "all").length;
  return (
    <Table.Tr>
      <Table.Td>
        <Go to="/$org/insights/policypacks/$pack" params={{ org, pack: name }}>
          {name}
        </Go>
      </Table.Td>
      <Table.Td>
        <Go to="/$org/insights/policypacks/$pack/$version" params={{ org, pack: name, version: nameOf(pack) }}>
          {nameOf(pack)}
        </Go>{" "}
        {follows && <Badge color="blue">follows latest</Badge>}{" "}
        {behind && (
          <Badge color="red" tt="none" title={`The configuration does not fit ${behind}, so that is not in effect`}>
            configuration does not fit {behind}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>{levelOf(config, "all") || "as the pack says"}</Table.Td>
      <Table.Td>{configured === 0 ? "nothing" : `${configured} of its policies`}</Table.Td>
      <Table.Td>
        {isPolicyManager && (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <GoButton
              size="compact-xs"
              variant="default"
              to="/$org/insights/policygroups/$group"
              params={{ org, group: summary.name }}
              search={{ pack: name }}
              aria-label={`Configure ${name}`}
            >
              Configure
            </GoButton>
            <DisablePack pack={name} group={summary.name} mode={summary.mode} stacks={summary.numStacks} />
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function AddPack({ group }: { group: PolicyGroup }) {
  const { name: org } = useOrganization();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(packsQuery(org));
  const packs = query.data?.pages.flatMap(({ policyPacks }) => policyPacks) ?? [];
  const others = packs.filter(({ name }) => !group.appliedPolicyPacks.some((one) => one.name === name));
  return (
    <Group align="flex-end">
      <Select
        label={group.appliedPolicyPacks.length > 0 ? "Enable another policy pack" : "Enable a policy pack"}
        description="What it touches, its version and its configuration come next"
        placeholder="choose one"
        searchable
        nothingFoundMessage="All that are published are enabled"
        data={others.map(({ name }) => name)}
        value={null}
        onChange={(pack) => {
          const chosen = others.find(({ name }) => name === pack);
          if (chosen) void navigate({ search: { pack: chosen.name, version: chosen.newest.versionTag } });
        }}
        onDropdownOpen={() => {
          if (query.hasNextPage) void query.fetchNextPage();
        }}
      />
    </Group>
  );
}
