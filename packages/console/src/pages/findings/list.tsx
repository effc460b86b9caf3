import { Box, Group, Text, UnstyledButton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Empty, ManagersEmpty } from "../../shared/empty.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted, written } from "../../shared/numbers.ts";
import { isFiltered } from "./filters.tsx";
import "./list.css";
import { countQuery, findingsQuery, type sortable } from "./queries.ts";
import { Rows } from "./rows.tsx";
import type { FindingFilter, SetFilter } from "./search.ts";
import { type Selection, SelectionBar, useSelection } from "./selection.tsx";

/** The server counts rows exactly up to here. */
const COUNTED = 10_000;
/** A browser has no page that is high enough for a million rows. */
const SHOWN = 100_000;
/** In pixels. */
const NARROW = 760;

interface Props {
  org: string;
  filter: FindingFilter;
  set: SetFilter;
}

export function FindingList({ org, filter, set }: Props) {
  const query = useQuery({ ...findingsQuery(org, filter, 0), placeholderData: keepPreviousData });
  return (
    <Loaded query={query}>
      {({ rowCount, filter: shown }) =>
        rowCount > 0 ? (
          <Findings org={org} filter={shown} set={set} rows={rowCount} isOld={query.isPlaceholderData} />
        ) : (
          <NoFindings org={org} filter={filter} />
        )
      }
    </Loaded>
  );
}

/** @param isOld whether the findings of other filters are being read. */
function Findings({ org, filter, set, rows, isOld }: Props & { rows: number; isOld: boolean }) {
  const { ref, width } = useElementSize();
  const exact = useQuery({ ...countQuery(org, filter), enabled: rows > COUNTED });
  const all = rows > COUNTED ? (exact.data ?? rows) : rows;
  const count = Math.min(all, SHOWN);
  const selection = useSelection({ org, filter, count: all });
  const isNarrow = width > 0 && width < NARROW;
  return (
    <Box ref={ref}>
      <Text size="sm" c="dimmed" mb="xs" role="status">
        {rows > COUNTED && !exact.data ? `more than ${written(COUNTED)} findings` : counted(all, "finding")}
        {all > SHOWN && `, of which the first ${written(SHOWN)} are shown. Filter them to see others.`}
      </Text>
      <table
        className="findings-table"
        aria-label="Findings"
        aria-rowcount={count + 1}
        aria-busy={isOld}
        data-narrow={isNarrow}
      >
        <Head filter={filter} set={set} selection={selection} />
        <Rows
          org={org}
          filter={filter}
          count={count}
          isNarrow={isNarrow}
          selected={selection.ids}
          select={selection.toggle}
        />
      </table>
      <SelectionBar org={org} selection={selection} />
    </Box>
  );
}

function Head({ filter, set, selection }: Omit<Props, "org"> & { selection: Selection }) {
  const of = { filter, set };
  const { ids, isAll, isReading, toggleAll } = selection;
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th data-column="select">
          <input
            type="checkbox"
            aria-label="Select all that match"
            checked={isAll}
            disabled={isReading}
            ref={(box) => {
              if (box) box.indeterminate = !isAll && ids.size > 0;
            }}
            onChange={toggleAll}
          />
        </th>
        <Sortable field="severity" {...of}>
          Severity
        </Sortable>
        <Sortable field="policyName" {...of}>
          Policy
        </Sortable>
        <th>Resource</th>
        <th>Stack</th>
        <Sortable field="status" {...of}>
          Status
        </Sortable>
        <Sortable field="priority" {...of}>
          Priority
        </Sortable>
        <Sortable field="lastModified" {...of}>
          Changed
        </Sortable>
      </tr>
    </thead>
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
    <th aria-sort={isSorted ? (descending ? "descending" : "ascending") : "none"}>
      <UnstyledButton fz="inherit" fw="inherit" py={6} onClick={() => set({ sort: next })}>
        <Group gap={4} wrap="nowrap">
          {children}
          {isSorted && <Icon size={13} aria-hidden />}
        </Group>
      </UnstyledButton>
    </th>
  );
}

function NoFindings({ org, filter }: { org: string; filter: FindingFilter }) {
  if (isFiltered(filter)) return <Empty title="No finding matches">Take a filter away.</Empty>;
  return (
    <ManagersEmpty
      title="There are no findings"
      others="What violates a policy in a deployed stack is listed here after its next update. What was stopped before is under Blocked attempts."
      command={`pulumi policy enable ${org}/PACK latest`}
    >
      What violates a policy in a deployed stack is listed here after its next update. What was stopped before is under
      Blocked attempts. Policies run once a pack is enabled:
    </ManagersEmpty>
  );
}
