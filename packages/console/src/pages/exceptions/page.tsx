import { Group, Select, Tabs, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { GoButton } from "../../shared/links.tsx";
import { Page } from "../../shared/page.tsx";
import { useWaitingCount } from "../../shared/waiting-request.tsx";
import { ExceptionList } from "./list.tsx";
import { Requests } from "./requests.tsx";
import type { ExceptionFilter, Order, View } from "./search.ts";

const route = getRouteApi("/signed-in/$org/insights/exceptions");

const orders: { value: Order; label: string }[] = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "ending", label: "Those that end first" },
  { value: "soon", label: "Ending within 7 days" },
  { value: "unused", label: "Not needed for 30 days" },
];

export function ExceptionsPage() {
  const { name: org } = useOrganization();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { view = "active" } = filter;
  const waiting = useWaitingCount(org);
  const show = (change: ExceptionFilter) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page
      title="Exceptions"
      about="Violations that are let through, for a reason and a time. They are shown, and stop nothing."
      actions={
        <GoButton to="/$org/insights/new-exception" params={{ org }} size="xs">
          New exception
        </GoButton>
      }
    >
      <Tabs value={view} onChange={(tab) => void navigate({ search: { view: tab as View } })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="active">In effect</Tabs.Tab>
          <Tabs.Tab value="ended">Ended or removed</Tabs.Tab>
          <Tabs.Tab value="requests">{waiting ? `Requests (${waiting} waiting)` : "Requests"}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={view}>
          {view === "requests" ? (
            <Requests only={filter.request} />
          ) : (
            <>
              <Filters filter={filter} show={show} />
              <ExceptionList filter={filter} />
            </>
          )}
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Filters({ filter, show }: { filter: ExceptionFilter; show: (change: ExceptionFilter) => void }) {
  const later = useDebouncedCallback(show, 200);
  return (
    <Group mb="md" align="flex-end">
      <TextInput
        label="Policy pack"
        defaultValue={filter.pack ?? ""}
        onChange={({ currentTarget }) => later({ pack: currentTarget.value })}
      />
      <TextInput
        label="Stack"
        placeholder="project/stack"
        defaultValue={filter.stack ?? ""}
        onChange={({ currentTarget }) => later({ stack: currentTarget.value })}
      />
      {filter.view !== "ended" && (
        <Select
          label="Show"
          data={orders}
          value={filter.order ?? "newest"}
          onChange={(order) => show({ order: (order ?? "newest") as Order })}
          allowDeselect={false}
        />
      )}
    </Group>
  );
}
