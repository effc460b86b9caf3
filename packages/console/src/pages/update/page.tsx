import { Stack, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Go } from "../../shared/links.tsx";
import { useLive } from "../../shared/live.ts";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { nameOfRun, type Run } from "../../shared/runs.tsx";
import { shortened } from "../../shared/urn.tsx";
import { Environment } from "./environment.tsx";
import { Exceptions } from "./exceptions.tsx";
import { Facts } from "./facts.tsx";
import { Messages } from "./messages/page.tsx";
import { Policies } from "./policies/page.tsx";
import { goesOn, type RunName, runQuery } from "./queries.ts";
import { ReceiptOf } from "./receipt.tsx";
import type { RunView } from "./search.ts";
import { Verdict } from "./verdict.tsx";

const update = getRouteApi("/signed-in/$org/$project/$stack/updates/$version");
const preview = getRouteApi("/signed-in/$org/$project/$stack/previews/$updateId");

export function UpdatePage() {
  const { org: orgName, project: projectName, stack: stackName, version } = update.useParams();
  const navigate = update.useNavigate();
  return (
    <RunPage
      name={{ orgName, projectName, stackName, updateID: version }}
      view={update.useSearch()}
      show={(view) => void navigate({ search: (before) => ({ ...before, ...view }) })}
    />
  );
}

export function PreviewPage() {
  const { org: orgName, project: projectName, stack: stackName, updateId } = preview.useParams();
  const navigate = preview.useNavigate();
  return (
    <RunPage
      name={{ orgName, projectName, stackName, updateID: updateId }}
      view={preview.useSearch()}
      show={(view) => void navigate({ search: (before) => ({ ...before, ...view }) })}
    />
  );
}

interface RunPageProps {
  name: RunName;
  view: RunView;
  show: (view: RunView) => void;
}

/** One update or preview: what it did, and what policies said. */
function RunPage({ name, view, show }: RunPageProps) {
  const query = useQuery(runQuery(name));
  const { data } = query;
  useLive(data && goesOn(data) ? name : undefined, (change) =>
    change.kind === "start" || change.updateID === data?.updateID ? [["run", name]] : [],
  );
  const { orgName: org, projectName: project, stackName: stack } = name;
  const title = data ? nameOfRun(data) : "Update";
  return (
    <Page
      title={`${title} of ${project}/${stack}`}
      above={
        <>
          <Go to="/$org/stacks" params={{ org }}>
            Stacks
          </Go>
          {" / "}
          <Go to="/$org/$project/$stack" params={{ org, project, stack }}>
            {project}/{stack}
          </Go>
        </>
      }
      about={data && shortened(data.message, 300)}
    >
      <Loaded query={query}>
        {(run) => (
          <Stack gap="md">
            <Facts name={name} run={run} />
            <Verdict name={name} run={run} show={(tab) => show({ tab })} />
            <Parts name={name} run={run} view={view} show={show} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

const TABS = ["policies", "messages", "receipt", "exceptions", "environment"];

function Parts({ name, run, view, show }: RunPageProps & { run: Run }) {
  const tab = view.tab && TABS.includes(view.tab) ? view.tab : "policies";
  return (
    <Tabs value={tab} onChange={(tab) => show({ tab: tab ?? "" })} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="policies">Policies</Tabs.Tab>
        <Tabs.Tab value="messages">Messages</Tabs.Tab>
        <Tabs.Tab value="receipt">Receipt</Tabs.Tab>
        <Tabs.Tab value="exceptions">Exceptions</Tabs.Tab>
        <Tabs.Tab value="environment">Environment</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="policies">
        <Policies
          name={name}
          run={run}
          by={view.by === "resource" ? "resource" : "policy"}
          group={(by) => show({ by })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="messages">
        <Messages name={name} run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="receipt">
        <ReceiptOf name={name} run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="exceptions">
        <Exceptions name={name} />
      </Tabs.Panel>
      <Tabs.Panel value="environment">
        <Environment run={run} />
      </Tabs.Panel>
    </Tabs>
  );
}
