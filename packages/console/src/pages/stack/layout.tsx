import { Alert, Badge, Group, Stack, Tabs, Text } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Go } from "../../shared/links.tsx";
import { useLive } from "../../shared/live.ts";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { Outcome } from "../../shared/runs.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { activityQuery, receiptStateQuery, stackQuery, useStackName } from "./queries.ts";

const tabs = {
  activity: { label: "Activity", to: "/$org/$project/$stack" },
  resources: { label: "Resources", to: "/$org/$project/$stack/resources" },
  findings: { label: "Findings", to: "/$org/$project/$stack/findings" },
  settings: { label: "Policies and settings", to: "/$org/$project/$stack/settings" },
} as const;
type Tab = keyof typeof tabs;

/** The pages of one stack. */
export function StackLayout() {
  const name = useStackName();
  const { orgName: org, projectName: project, stackName: stack } = name;
  const query = useQuery(stackQuery(name));
  // While a run goes on, nothing but the list of runs shows what it has done so far.
  useLive(name, ({ kind }) => [kind === "events" ? activityQuery(name).queryKey : ["stack", name]]);
  const navigate = useNavigate();
  const last = useLocation().pathname.split("/").filter(Boolean).at(3);
  const open = (tab: string | null) => navigate({ to: tabs[tab as Tab].to, params: { org, project, stack } });
  return (
    <Page title={`${project}/${stack}`} above={<Above org={org} />}>
      <Loaded query={query}>
        {({ tags, currentOperation }) => (
          <Stack gap="md">
            {currentOperation && (
              <Group gap="xs" role="status">
                <Outcome of="running" />
                <Text size="sm" className="text">
                  {currentOperation.kind} by {currentOperation.author || "somebody who was removed"}, begun{" "}
                  <Time at={currentOperation.started} />
                </Text>
              </Group>
            )}
            <Stopped />
            <Tags tags={tags} />
            <Tabs value={last !== undefined && last in tabs ? last : "activity"} onChange={(tab) => void open(tab)}>
              <Tabs.List>
                {Object.entries(tabs).map(([tab, { label }]) => (
                  <Tabs.Tab key={tab} value={tab}>
                    {label}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
            </Tabs>
            <Outlet />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Above({ org }: { org: string }) {
  return (
    <Go to="/$org/stacks" params={{ org }}>
      Stacks
    </Go>
  );
}

/** That its next update is not started, which nobody should find out only by trying. */
function Stopped() {
  const name = useStackName();
  const { data } = useQuery(receiptStateQuery(name));
  if (!data?.stoppedBy) return null;
  const { orgName: org, projectName: project, stackName: stack } = name;
  return (
    <Alert color="red" icon={<IconHandStop />} title="The next update of this stack is not started">
      The receipt of an update is {data.stoppedBy.status}.{" "}
      <Go to="/$org/$project/$stack/settings" params={{ org, project, stack }} hash="receipts" underline="always">
        Why, and what to do
      </Go>
    </Alert>
  );
}

function Tags({ tags }: { tags: Record<string, string> }) {
  const all = Object.entries(tags);
  if (all.length === 0) return null;
  return (
    <Group gap={6} role="group" aria-label="Tags">
      {all.map(([tag, value]) => (
        <Badge key={tag} color="gray" tt="none" fw={400} miw={0} maw={360} title={`${tag}: ${value}`}>
          {tag}: <Bdi text={value} />
        </Badge>
      ))}
    </Group>
  );
}
