import { Group, Pagination, Table, Text, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { written } from "../../shared/numbers.ts";
import { Time } from "../../shared/time.tsx";
import { Resource } from "../../shared/urn.tsx";
import { Severity, Status } from "../../shared/words.tsx";
import { isFiltered } from "./filters.tsx";
import { type Finding, findingsQuery, PAGE, pageOf, type sortable } from "./queries.ts";
import type { FindingFilter, SetFilter } from "./search.ts";

/** The server counts rows exactly up to here. */
const COUNTED = 10_000;

interface Props {
  org: string;
  filter: FindingFilter;
  set: SetFilter;
}

export function FindingList({ org, filter, set }: Props) {
  const query = useQuery(findingsQuery(org, filter));
  return (
    <Loaded query={query}>
      {({ policyIssues, rowCount }) =>
        policyIssues.length > 0 ? (
          <>
            <Rows org={org} findings={policyIssues} filter={filter} set={set} faded={query.isPlaceholderData} />
            <Pages filter={filter} set={set} rows={rowCount} shown={policyIssues.length} />
          </>
        ) : (
          <NoFindings org={org} filter={filter} />
        )
      }
    </Loaded>
  );
}

function Rows({ org, findings, filter, set, faded }: Props & { findings: Finding[]; faded: boolean }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table opacity={faded ? 0.5 : 1} aria-busy={faded} aria-label="Findings">
        <Table.Thead>
          <Table.Tr>
            <Sortable field="severity" filter={filter} set={set}>
              Severity
            </Sortable>
            <Sortable field="policyName" filter={filter} set={set}>
              Policy
            </Sortable>
            <Table.Th>Resource</Table.Th>
            <Table.Th>Stack</Table.Th>
            <Sortable field="status" filter={filter} set={set}>
              Status
            </Sortable>
            <Sortable field="priority" filter={filter} set={set}>
              Priority
            </Sortable>
            <Sortable field="lastModified" filter={filter} set={set}>
              Changed
            </Sortable>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {findings.map((finding) => (
            <Row key={finding.id} org={org} finding={finding} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ org, finding }: { org: string; finding: Finding }) {
  const { id, policyPack, policyName, message, resourceURN, entityProject, entityId } = finding;
  return (
    <Table.Tr>
      <Table.Td>{finding.severity ? <Severity of={finding.severity} /> : <Text c="dimmed">–</Text>}</Table.Td>
      <Table.Td maw={360}>
        <Go to="/$org/insights/findings/$id" params={{ org, id }} fw={500}>
          {policyName}
        </Go>
        <Text size="xs" c="dimmed" lineClamp={1} className="text" title={message?.slice(0, 1000) ?? ""}>
          {policyPack}
          {message && ` · ${message.slice(0, 300)}`}
        </Text>
      </Table.Td>
      <Table.Td maw={260}>
        <Resource urn={resourceURN} />
      </Table.Td>
      <Table.Td>
        {finding.stackRemoved ? (
          <Text size="sm" c="dimmed" className="text">
            {entityProject}/{entityId} (removed)
          </Text>
        ) : (
          <Go to="/$org/$project/$stack" params={{ org, project: entityProject, stack: entityId }}>
            {entityProject}/{entityId}
          </Go>
        )}
      </Table.Td>
      <Table.Td>
        <Status of={finding.withdrawn ? "withdrawn" : finding.status} />
      </Table.Td>
      <Table.Td>{finding.priority}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Time at={finding.lastModified} />
      </Table.Td>
    </Table.Tr>
  );
}

interface SortableProps {
  field: (typeof sortable)[number];
  filter: FindingFilter;
  set: SetFilter;
  children: ReactNode;
}

function Sortable({ field, filter, set, children }: SortableProps) {
  const { sort = "-severity" } = filter;
  const isSorted = sort.replace(/^-/, "") === field;
  const descending = sort.startsWith("-");
  const next = isSorted ? (descending ? field : `-${field}`) : field === "policyName" ? field : `-${field}`;
  const Icon = descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th aria-sort={isSorted ? (descending ? "descending" : "ascending") : "none"}>
      <UnstyledButton fz="inherit" fw="inherit" onClick={() => set({ sort: next })}>
        <Group gap={4} wrap="nowrap">
          {children}
          {isSorted && <Icon size={13} aria-hidden />}
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}

function Pages({ filter, set, rows, shown }: Omit<Props, "org"> & { rows: number; shown: number }) {
  const page = pageOf(filter);
  const first = (page - 1) * PAGE + 1;
  const isExact = rows <= Math.max(COUNTED, first + PAGE - 1);
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed">
        {written(first)}–{written(first + shown - 1)} of {isExact ? written(rows) : `more than ${written(rows - 1)}`}
      </Text>
      {rows > PAGE && (
        <Pagination
          size="sm"
          value={page}
          total={Math.ceil(rows / PAGE)}
          onChange={(to) => set({ page: to === 1 ? undefined : String(to) })}
          getControlProps={(control) => ({ "aria-label": `The ${control} page` })}
          getItemProps={(to) => ({ "aria-label": `Page ${to}` })}
        />
      )}
    </Group>
  );
}

function NoFindings({ org, filter }: { org: string; filter: FindingFilter }) {
  if (pageOf(filter) > 1)
    return <Empty title="This page is empty">The list is shorter now. Go back to its first page.</Empty>;
  if (isFiltered(filter)) return <Empty title="No finding matches">Take a filter away.</Empty>;
  return (
    <Empty title="There are no findings" command={`pulumi policy enable ${org}/PACK latest`}>
      What violates a policy in a deployed stack is listed here after its next update. Policies run once a pack is
      enabled:
    </Empty>
  );
}
