import { Badge, Button, Group, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useOrganization } from "../../session.ts";
import { ManagersEmpty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import type { Applier, Pack } from "../policy-packs/queries.ts";
import { DisablePack } from "./disable.tsx";
import { EnablePack } from "./enable.tsx";

/** The policy groups that have a pack enabled. */
export function AppliedGroups({ pack }: { pack: Pack }) {
  const { name: org } = useOrganization();
  if (pack.policyGroups.length === 0)
    return (
      <ManagersEmpty title="No policy group has it enabled" command={`pulumi policy enable ${org}/${pack.name} latest`}>
        So no stack runs it. To have every stack run it from its next preview or update on, type:
      </ManagersEmpty>
    );
  return (
    <Listing minWidth={560} columns={["Policy group", "Version", "Mode", { number: "Stacks" }, { hidden: "Actions" }]}>
      {pack.policyGroups.map((group) => (
        <Row key={group.name} group={group} pack={pack} />
      ))}
    </Listing>
  );
}

function Row({ group, pack }: { group: Applier; pack: Pack }) {
  const { name: org, isPolicyManager } = useOrganization();
  const { name, isOrgDefault, versionTag, follows, mode, stacks } = group;
  const [opened, { open, close }] = useDisclosure();
  return (
    <Table.Tr>
      <Table.Td>
        <Go to="/$org/insights/policygroups/$group" params={{ org, group: name }}>
          {name}
        </Go>{" "}
        {isOrgDefault && <Badge color="gray">default</Badge>}
      </Table.Td>
      <Table.Td>
        <Go to="/$org/insights/policypacks/$pack/$version" params={{ org, pack: pack.name, version: versionTag }}>
          {versionTag}
        </Go>{" "}
        {follows && <Badge color="blue">follows latest</Badge>}
        {!follows && versionTag !== pack.newest.versionTag && (
          <Badge color="yellow" tt="none" miw="max-content">
            newest is {pack.newest.versionTag}
          </Badge>
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{mode}</Table.Td>
      <Table.Td ta="right">
        <Go to="/$org/insights/policygroups/$group" params={{ org, group: name }} search={{ tab: "stacks" }}>
          {stacks}
        </Go>
      </Table.Td>
      <Table.Td>
        {isPolicyManager && (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Change version of ${pack.name} in ${name}`}
              onClick={open}
            >
              Change version
            </Button>
            <DisablePack pack={pack.name} group={name} mode={mode} stacks={stacks} />
          </Group>
        )}
        {opened && <EnablePack pack={pack.name} version={follows ? "" : versionTag} group={name} close={close} />}
      </Table.Td>
    </Table.Tr>
  );
}
