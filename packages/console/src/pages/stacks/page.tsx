import { Group, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { Empty } from "../../shared/empty.tsx";
import { More } from "../../shared/more.tsx";
import { Page } from "../../shared/page.tsx";
import { stacksQuery } from "./queries.ts";
import type { StackFilter } from "./search.ts";
import { StackTable } from "./table.tsx";

const route = getRouteApi("/signed-in/$org/stacks");

export function StacksPage() {
  const { name: org } = useOrganization();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(stacksQuery(org, filter));
  const set = useDebouncedCallback(
    (change: StackFilter) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    200,
  );
  return (
    <Page title="Stacks" about="Those that you may read.">
      <Group mb="md" align="flex-end">
        <TextInput
          label="Project or stack"
          placeholder="a part of the name"
          defaultValue={filter.name ?? ""}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
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
            <StackTable stacks={stacks} org={org} />
          ) : (
            <NoStacks filtered={Boolean(filter.name || filter.tag)} org={org} />
          )
        }
      </More>
    </Page>
  );
}

function NoStacks({ filtered, org }: { filtered: boolean; org: string }) {
  if (filtered) return <Empty title="No stack matches">Take a filter away. A tag is written whole.</Empty>;
  return (
    <Empty title="There are no stacks yet" command={`pulumi stack init ${org}/dev`}>
      A Pulumi program and one of its stacks appear here when the stack is made:
    </Empty>
  );
}
