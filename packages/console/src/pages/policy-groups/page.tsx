import { Badge, Button, Group, Radio, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import { Page } from "../../shared/page.tsx";
import { RemoveGroup } from "../policy-group/remove.tsx";
import { RenameGroup } from "../policy-group/rename.tsx";
import { type GroupSummary, groupsQuery } from "./queries.ts";

export function PolicyGroupsPage() {
  const { name: org, isPolicyManager } = useOrganization();
  const query = useQuery(groupsQuery(org));
  const [making, make] = useDisclosure();
  return (
    <Page
      title="Policy groups"
      about="Which stacks must run which policy packs. A stack in several groups runs the packs of all of them."
      actions={isPolicyManager && <Button onClick={make.open}>Make a policy group</Button>}
    >
      <Loaded query={query}>{({ policyGroups }) => <Groups groups={policyGroups} />}</Loaded>
      {making && <NewGroup close={make.close} />}
    </Page>
  );
}

function Groups({ groups }: { groups: GroupSummary[] }) {
  return (
    <Listing
      minWidth={600}
      columns={["Policy group", "Mode", { number: "Stacks" }, { number: "Policy packs" }, { hidden: "Actions" }]}
    >
      {groups.map((group) => (
        <Row key={group.name} group={group} />
      ))}
    </Listing>
  );
}

function Row({ group }: { group: GroupSummary }) {
  const { name: org } = useOrganization();
  const { name, isOrgDefault, mode, entityType, numStacks, numAccounts, numEnabledPolicyPacks, notEvaluated } = group;
  const params = { org, group: name };
  return (
    <Table.Tr>
      <Table.Td>
        <Go to="/$org/insights/policygroups/$group" params={params}>
          {name}
        </Go>{" "}
        {isOrgDefault && <Badge color="gray">default</Badge>}
        {notEvaluated && (
          <Text size="xs" c="dimmed">
            {notEvaluated}
          </Text>
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{mode}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        {entityType === "accounts" ? (
          counted(numAccounts, "account")
        ) : (
          <Go to="/$org/insights/policygroups/$group" params={params} search={{ tab: "stacks" }}>
            {numStacks}
          </Go>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Go to="/$org/insights/policygroups/$group" params={params}>
          {numEnabledPolicyPacks}
        </Go>
      </Table.Td>
      <Table.Td>
        <RowActions group={group} />
      </Table.Td>
    </Table.Tr>
  );
}

function RowActions({ group }: { group: GroupSummary }) {
  const { isPolicyManager } = useOrganization();
  const [opened, { open, close }] = useDisclosure();
  if (!isPolicyManager || group.isOrgDefault) return null;
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="compact-xs" variant="default" aria-label={`Rename ${group.name}`} onClick={open}>
        Rename
      </Button>
      <RemoveGroup group={group} size="compact-xs" />
      {opened && <RenameGroup group={group.name} close={close} />}
    </Group>
  );
}

function NewGroup({ close }: { close: () => void }) {
  const { name: orgName } = useOrganization();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [mode, setMode] = useState("preventative");
  const change = useChange(
    () =>
      api.call("POST /api/orgs/{orgName}/policygroups", {
        params: { orgName },
        body: { name, entityType: "stacks", mode: mode === "audit" ? "audit" : "preventative" },
      }),
    () =>
      navigate({
        to: "/$org/insights/policygroups/$group",
        params: { org: orgName, group: name },
        search: { tab: "stacks" },
      }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Dialog close={close} title="Make a policy group">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            placeholder="production"
            required
            data-autofocus
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Radio.Group label="Mode" value={mode} onChange={setMode}>
            <Stack gap="xs" mt={4}>
              <Radio
                value="preventative"
                label="preventative"
                description="Its packs run in every preview and update"
              />
              <Radio value="audit" label="audit" description="Kept, but no update has to run its packs" />
            </Stack>
          </Radio.Group>
          <Text size="sm" c="dimmed">
            It has no stacks and no packs yet, so it changes nothing.
          </Text>
          {change.error && <Problem error={change.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
