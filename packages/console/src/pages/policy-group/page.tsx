import { Alert, Badge, Button, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import { Page } from "../../shared/page.tsx";
import { type GroupSummary, groupQuery, groupsQuery, type PolicyGroup } from "../policy-groups/queries.ts";
import { Members } from "./members.tsx";
import { PackPanel } from "./pack-panel.tsx";
import { RemoveGroup } from "./remove.tsx";
import { RenameGroup } from "./rename.tsx";
import { Rule } from "./rule.tsx";

const route = getRouteApi("/signed-in/$org/insights/policygroups/$group");

export function PolicyGroupPage() {
  const { org, group } = route.useParams();
  const query = useQuery(groupQuery(org, group));
  const summary = useQuery(groupsQuery(org)).data?.policyGroups.find(({ name }) => name === group);
  return (
    <Page
      title={group}
      about={query.data && summary && aboutOf(summary)}
      above={
        <Go to="/$org/insights/policygroups" params={{ org }}>
          Policy groups
        </Go>
      }
      actions={query.data && summary && <Actions group={summary} />}
    >
      <Loaded query={query}>
        {({ reply, etag }) => <GroupTabs group={reply} etag={etag} summary={summary ?? emptySummary(reply)} />}
      </Loaded>
    </Page>
  );
}

function aboutOf({ mode, entityType, numStacks, numAccounts, numEnabledPolicyPacks }: GroupSummary): string {
  const entities = entityType === "accounts" ? counted(numAccounts, "account") : counted(numStacks, "stack");
  return `${mode}, ${entities}, ${counted(numEnabledPolicyPacks, "policy pack")}`;
}

/** Until the list of groups is read, which has the counts. */
function emptySummary({ name, isOrgDefault, mode, entityType }: PolicyGroup): GroupSummary {
  return { name, isOrgDefault, mode, entityType, numStacks: 0, numAccounts: 0, numEnabledPolicyPacks: 0 };
}

function Actions({ group }: { group: GroupSummary }) {
  const { isPolicyManager } = useOrganization();
  const [opened, { open, close }] = useDisclosure();
  if (group.isOrgDefault)
    return (
      <Badge color="gray" title="Every organization has it: it can't be renamed or removed">
        default
      </Badge>
    );
  if (!isPolicyManager) return null;
  return (
    <>
      <Button variant="default" onClick={open}>
        Rename
      </Button>
      <RemoveGroup group={group} size="sm" />
      {opened && <RenameGroup group={group.name} close={close} goes />}
    </>
  );
}

interface GroupTabsProps {
  group: PolicyGroup;
  etag: string;
  summary: GroupSummary;
}

function GroupTabs({ group, etag, summary }: GroupTabsProps) {
  const { name: org } = useOrganization();
  const { tab = "packs", pack, version } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const readAgain = () => {
    // Others may have changed how many stacks it touches.
    void queries.invalidateQueries({ queryKey: groupsQuery(org).queryKey });
    return queries.fetchQuery({ ...groupQuery(org, group.name), staleTime: 0 });
  };
  return (
    <>
      {group.notEvaluated && (
        <Alert color="yellow" variant="light" mb="md">
          {group.notEvaluated}
        </Alert>
      )}
      <Tabs value={tab} onChange={(value) => void navigate({ search: { tab: value ?? "packs" } })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="packs">Policy packs ({group.appliedPolicyPacks.length})</Tabs.Tab>
          <Tabs.Tab value="stacks">Stacks ({summary.numStacks})</Tabs.Tab>
          {!group.isOrgDefault && group.entityType === "stacks" && <Tabs.Tab value="rule">Rule</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="packs">
          <PackPanel group={group} etag={etag} summary={summary} pack={pack} version={version} readAgain={readAgain} />
        </Tabs.Panel>
        <Tabs.Panel value="stacks">
          <Members group={group} etag={etag} />
        </Tabs.Panel>
        <Tabs.Panel value="rule">
          <Rule group={group} etag={etag} readAgain={readAgain} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
