import { Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Empty } from "../../../shared/empty.tsx";
import { More } from "../../../shared/more.tsx";
import { counted } from "../../../shared/numbers.ts";
import { findingsByResourceQuery } from "../findings/queries.ts";
import { useStackName } from "../queries.ts";
import { resourcesQuery } from "./queries.ts";
import type { ResourceFilter } from "./search.ts";
import { type Findings, ResourceTable } from "./table.tsx";

const route = getRouteApi("/signed-in/$org/$project/$stack/resources");

const NOTHING: Findings = { open: new Map(), excepted: new Map() };

/** What the newest state of the stack has, and what is found of it. */
export function ResourcesPage() {
  const name = useStackName();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(resourcesQuery(name));
  const findings = useQuery(findingsByResourceQuery(name));
  const set = (change: ResourceFilter) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setText = useDebouncedCallback((text: string) => set({ text }), 200);
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="lg">
        <TextInput
          label="Name or type"
          placeholder="a part of it"
          defaultValue={filter.text ?? ""}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Switch
          label="Only with open findings"
          mb={8}
          checked={filter.violating === "yes"}
          onChange={({ currentTarget }) => set({ violating: currentTarget.checked ? "yes" : "" })}
        />
        <Text size="sm" c="dimmed" mb={8}>
          {counted(total, "resource")}
        </Text>
      </Group>
      <More query={query} rowsOf={({ resources }) => resources}>
        {(resources) =>
          resources.length > 0 ? (
            <ResourceTable resources={resources} findings={findings.data ?? NOTHING} filter={filter} />
          ) : (
            <Empty
              title="The stack has no resources"
              command={`pulumi up --stack ${name.orgName}/${name.projectName}/${name.stackName}`}
            >
              What an update deploys appears here:
            </Empty>
          )
        }
      </More>
    </Stack>
  );
}
