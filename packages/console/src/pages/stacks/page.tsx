import { Group, Table, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { More } from "../../shared/more.tsx";
import { Page } from "../../shared/page.tsx";
import { Time } from "../../shared/time.tsx";
import { stacksQuery } from "./queries.ts";

const route = getRouteApi("/signed-in/$org/stacks");

export function StacksPage() {
  const { name: org } = useOrganization();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(stacksQuery(org, filter));
  const set = useDebouncedCallback(
    (change: { project?: string; tag?: string }) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    200,
  );
  const filtered = Boolean(filter.project || filter.tag);
  return (
    <Page title="Stacks" about="Those that you may read.">
      <Group mb="md" align="flex-end">
        <TextInput
          label="Project"
          placeholder="the whole name"
          defaultValue={filter.project ?? ""}
          onChange={({ currentTarget }) => set({ project: currentTarget.value })}
        />
        <TextInput
          label="Tag"
          placeholder="env:prod"
          defaultValue={filter.tag ?? ""}
          onChange={({ currentTarget }) => set({ tag: currentTarget.value })}
        />
      </Group>
      <More query={query} rowsOf={({ stacks }) => stacks}>
        {(stacks) =>
          stacks.length > 0 ? (
            <Table.ScrollContainer minWidth={480}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Stack</Table.Th>
                    <Table.Th ta="right">Resources</Table.Th>
                    <Table.Th>Last update</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {stacks.map(({ id, projectName, stackName, resourceCount, lastUpdate }) => (
                    <Table.Tr key={id}>
                      <Table.Td>
                        <Go to="/$org/$project/$stack" params={{ org, project: projectName, stack: stackName }}>
                          {projectName}/{stackName}
                        </Go>
                      </Table.Td>
                      <Table.Td ta="right">{resourceCount ?? 0}</Table.Td>
                      <Table.Td>{lastUpdate === 0 ? "running" : <Time at={lastUpdate} />}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          ) : (
            <NoStacks filtered={filtered} org={org} />
          )
        }
      </More>
    </Page>
  );
}

function NoStacks({ filtered, org }: { filtered: boolean; org: string }) {
  if (filtered)
    return <Empty title="No stack matches">Take a filter away, or write the whole name of a project.</Empty>;
  return (
    <Empty title="There are no stacks yet" command={`pulumi stack init ${org}/dev`}>
      A Pulumi program and one of its stacks appear here when the stack is made:
    </Empty>
  );
}
