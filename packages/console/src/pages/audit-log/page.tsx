import { Button, Code, Group, Select, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { AdminsOnly } from "../../shared/admins-only.tsx";
import { clearButton } from "../../shared/clear-button.ts";
import { Empty } from "../../shared/empty.tsx";
import { Listing } from "../../shared/listing.tsx";
import { byContinuation, More } from "../../shared/more.tsx";
import { Page } from "../../shared/page.tsx";
import { shownJson, withMarks } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { shortened } from "../../shared/urn.tsx";

const route = getRouteApi("/signed-in/$org/audit-log");

const typesQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["audit-event-types", orgName],
    queryFn: () => api.call("GET /api/orgs/{orgName}/auditlogs/event-types", { params: { orgName } }),
    staleTime: Number.POSITIVE_INFINITY,
  });

const eventsQuery = (orgName: string, { user, event }: { user?: string; event?: string }) =>
  infiniteQueryOptions({
    queryKey: ["audit-log", orgName, user, event],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/orgs/{orgName}/auditlogs/v2", {
        params: { orgName },
        query: {
          ...(user && { userFilter: user }),
          ...(event && { eventFilter: event }),
          ...(continuationToken && { continuationToken }),
        },
      }),
    ...byContinuation,
  });

type Event = Awaited<ReturnType<typeof api.call<"GET /api/orgs/{orgName}/auditlogs/v2">>>["auditLogEvents"][number];

export function AuditLogPage() {
  const { isAdmin } = useOrganization();
  return (
    <Page title="Audit log" about="Who changed what, and who was refused. It only grows.">
      {isAdmin ? <Events /> : <AdminsOnly what="see the audit log" />}
    </Page>
  );
}

function Events() {
  const { name: org } = useOrganization();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const types = useQuery(typesQuery(org));
  const query = useInfiniteQuery(eventsQuery(org, filter));
  const show = (change: typeof filter) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const showLater = useDebouncedCallback(show, 200);
  return (
    <>
      <Group mb="md" align="flex-end">
        <Select
          label="Event"
          placeholder="all"
          searchable
          clearable
          clearButtonProps={clearButton("Clear Event")}
          data={types.data?.eventTypes.map(({ event }) => event) ?? []}
          value={filter.event ?? null}
          onChange={(event) => show({ event: event ?? "" })}
        />
        <TextInput
          label="Person"
          placeholder="login"
          defaultValue={filter.user ?? ""}
          onChange={({ currentTarget }) => showLater({ user: currentTarget.value })}
        />
      </Group>
      <More query={query} rowsOf={({ auditLogEvents }) => auditLogEvents}>
        {(events) =>
          events.length > 0 ? (
            <Listing
              minWidth={720}
              columns={["When", { plain: "Event" }, { plain: "What" }, "Who", "From", { hidden: "Actions" }]}
            >
              {events.map((event, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: events have no id, and are only added at the end
                <Row key={`${event.timestamp} ${index}`} event={event} />
              ))}
            </Listing>
          ) : (
            <Empty title="No event matches">Take a filter away.</Empty>
          )
        }
      </More>
    </>
  );
}

/** Not broken within a word. */
const whole = { overflowWrap: "normal" } as const;

function Row({ event }: { event: Event }) {
  const [open, setOpen] = useState(false);
  const changes = { before: event.before, after: event.after };
  const hasChanges = changes.before !== undefined || changes.after !== undefined;
  return (
    <Fragment>
      <Table.Tr>
        <Table.Td>
          <Time at={event.timestamp} />
        </Table.Td>
        <Table.Td miw={160} {...(event.authFailure && { c: "red" })}>
          {event.event}
        </Table.Td>
        <Table.Td>
          <Text size="sm" lineClamp={3} className="text">
            {withMarks(event.description)}
          </Text>
        </Table.Td>
        <Table.Td style={whole}>{shortened(event.user.githubLogin || event.actorName, 30)}</Table.Td>
        <Table.Td style={whole}>{shortened(event.sourceIP, 40)}</Table.Td>
        <Table.Td ta="right">
          {hasChanges && (
            <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? "Hide" : "Changes"}
            </Button>
          )}
        </Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <Code block className="text">
              {shownJson(changes)}
            </Code>
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}
