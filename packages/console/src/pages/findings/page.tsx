import { SegmentedControl, Stack, Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { Page } from "../../shared/page.tsx";
import { BlockedAttempts } from "./blocked-attempts.tsx";
import { Grouped } from "./by-value.tsx";
import { Export } from "./export.tsx";
import { Filters } from "./filters.tsx";
import { FindingHeatmap } from "./heatmap.tsx";
import { FindingList } from "./list.tsx";
import type { FindingFilter, SetFilter } from "./search.ts";

const route = getRouteApi("/signed-in/$org/insights/findings");

const VIEWS = ["overview", "list", "grouped", "blocked"] as const;

export function FindingsPage() {
  const { name: org } = useOrganization();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set: SetFilter = (change) => void navigate({ search: (before) => ({ ...before, ...change }) as FindingFilter });
  const view = VIEWS.find((one) => one === filter.view) ?? "list";
  const isList = view === "list";
  return (
    <Page
      title="Findings"
      about="What violates policies in your deployed stacks, and what was stopped before it was deployed."
      {...(isList && { actions: <Export org={org} filter={filter} /> })}
    >
      <Tabs
        value={view}
        onChange={(value) => set({ view: value && value !== "list" ? value : undefined })}
        keepMounted={false}
        mb="md"
      >
        <Tabs.List>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="list">All findings</Tabs.Tab>
          <Tabs.Tab value="grouped">Grouped</Tabs.Tab>
          <Tabs.Tab value="blocked">Blocked attempts</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview" pt="md">
          <FindingHeatmap org={org} />
        </Tabs.Panel>
        <Tabs.Panel value="list" pt="md">
          <Stack>
            <Which filter={filter} set={set} />
            <Filters org={org} filter={filter} set={set} />
            <FindingList org={org} filter={filter} set={set} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="grouped" pt="md">
          <Stack>
            <Which filter={filter} set={set} />
            <Filters org={org} filter={filter} set={set} />
            <Grouped org={org} filter={filter} set={set} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="blocked" pt="md">
          <BlockedAttempts org={org} filter={filter} set={set} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Which({ filter, set }: { filter: FindingFilter; set: SetFilter }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Active or ended"
      style={{ alignSelf: "flex-start" }}
      value={filter.closed ? "ended" : "active"}
      onChange={(value) => set({ closed: value === "ended" ? "true" : undefined, status: undefined })}
      data={[
        { value: "active", label: "Active" },
        { value: "ended", label: "Ended" },
      ]}
    />
  );
}
