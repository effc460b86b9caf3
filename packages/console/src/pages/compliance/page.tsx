import { Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { Page } from "../../shared/page.tsx";
import { Coverage } from "./coverage.tsx";
import { GroupPolicies } from "./group-policies.tsx";
import type { By } from "./queries.ts";
import { Receipts } from "./receipts.tsx";
import { Scores } from "./scores.tsx";
import type { ComplianceSearch } from "./search.ts";

const route = getRouteApi("/signed-in/$org/insights/compliance");

const groupings: { by: By; label: string }[] = [
  { by: "pack", label: "Policy packs" },
  { by: "policy", label: "Policies" },
  { by: "project", label: "Projects" },
  { by: "stack", label: "Stacks" },
  { by: "severity", label: "Severities" },
  { by: "framework", label: "Frameworks" },
];

export function CompliancePage() {
  const { name: org } = useOrganization();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { by = "pack", state, status } = search;
  const set = (change: ComplianceSearch) => void navigate({ search: change });
  return (
    <Page title="Compliance" about="How much of what your stacks had to run passes, as of the last update of each.">
      <Tabs value={by} onChange={(value) => set(value && value !== "pack" ? { by: value } : {})} keepMounted={false}>
        <Tabs.List mb="md">
          {groupings.map(({ by, label }) => (
            <Tabs.Tab key={by} value={by}>
              {label}
            </Tabs.Tab>
          ))}
          <Tabs.Tab value="group">Policy groups</Tabs.Tab>
          <Tabs.Tab value="coverage">Coverage</Tabs.Tab>
          <Tabs.Tab value="receipts">Receipts</Tabs.Tab>
        </Tabs.List>
        {groupings.map(({ by }) => (
          <Tabs.Panel key={by} value={by}>
            <Scores org={org} by={by} />
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="group">
          <GroupPolicies org={org} />
        </Tabs.Panel>
        <Tabs.Panel value="coverage">
          <Coverage org={org} state={state} set={(state) => set({ by: "coverage", state })} />
        </Tabs.Panel>
        <Tabs.Panel value="receipts">
          <Receipts org={org} status={status} set={(status) => set({ by: "receipts", status })} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
