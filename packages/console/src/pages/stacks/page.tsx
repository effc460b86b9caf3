import { Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { clearButton } from "../../shared/clear-button.ts";
import { Empty } from "../../shared/empty.tsx";
import { More } from "../../shared/more.tsx";
import { Page } from "../../shared/page.tsx";
import { stacksQuery } from "./queries.ts";
import type { Compliance, StackFilter } from "./search.ts";
import { StackTable } from "./table.tsx";

const compliances: { value: Compliance; label: string; about: string }[] = [
  { value: "failing", label: "Failing", about: "A policy fails, or a pack could not run." },
  { value: "passing", label: "Passing", about: "It was evaluated, and no policy fails." },
  { value: "stale", label: "Stale", about: "It must run something else than what was evaluated." },
  { value: "ungoverned", label: "Not governed", about: "It has to run no policy pack." },
];

const route = getRouteApi("/signed-in/$org/stacks");

export function StacksPage() {
  const { name: org } = useOrganization();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(stacksQuery(org, filter));
  const show = (change: { [K in keyof StackFilter]?: StackFilter[K] | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...change }) as StackFilter, replace: true });
  const showLater = useDebouncedCallback(show, 200);
  return (
    <Page title="Stacks" about="Those that you may read.">
      <Group mb="md" align="flex-end">
        <TextInput
          label="Project or stack"
          placeholder="a part of the name"
          defaultValue={filter.name ?? ""}
          onChange={({ currentTarget }) => showLater({ name: currentTarget.value })}
        />
        <TextInput
          label="Tag"
          placeholder="env:prod"
          defaultValue={filter.tag ?? ""}
          onChange={({ currentTarget }) => showLater({ tag: currentTarget.value })}
        />
        <Select
          label="Compliance"
          placeholder="any"
          clearable
          clearButtonProps={clearButton("Clear Compliance")}
          data={compliances}
          comboboxProps={{ width: 300, position: "bottom-start" }}
          renderOption={({ option }) => (
            <div>
              {option.label}
              <Text size="xs" c="dimmed">
                {compliances.find(({ value }) => value === option.value)?.about}
              </Text>
            </div>
          )}
          value={filter.compliance ?? null}
          onChange={(value) => show({ compliance: (value ?? undefined) as Compliance | undefined })}
        />
      </Group>
      <More query={query} rowsOf={({ stacks }) => stacks}>
        {(stacks) =>
          stacks.length > 0 ? (
            <StackTable stacks={stacks} org={org} />
          ) : (
            <NoStacks filtered={Boolean(filter.name || filter.tag || filter.compliance)} org={org} />
          )
        }
      </More>
    </Page>
  );
}

function NoStacks({ filtered, org }: { filtered: boolean; org: string }) {
  if (filtered) return <Empty title="No stack matches">Take a filter away. A tag is written whole.</Empty>;
  return (
    <Empty title="There are no stacks yet that you may read" command={`pulumi stack init ${org}/dev`}>
      A Pulumi program and one of its stacks appear here when the stack is made:
    </Empty>
  );
}
