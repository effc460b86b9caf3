import { ActionIcon, Badge, Button, Center, Group, Table, Text } from "@mantine/core";
import { useSet } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Empty } from "../../../shared/empty.tsx";
import { Go } from "../../../shared/links.tsx";
import { Listing } from "../../../shared/listing.tsx";
import { counted } from "../../../shared/numbers.ts";
import { readUrn, shortened } from "../../../shared/urn.tsx";
import { useStackName } from "../queries.ts";
import type { ResourceFilter } from "./search.ts";
import { flatRows, type Resource, type TreeRow, treeRows } from "./tree.ts";

/** So many rows are drawn at once. */
const STEP = 300;
/** A tree of so many resources is open at first; of a larger one only the top is. */
const SMALL = 200;

/** How many findings each resource has, by its URN. */
export interface Findings {
  open: ReadonlyMap<string, number>;
  excepted: ReadonlyMap<string, number>;
}

interface Props {
  resources: readonly Resource[];
  findings: Findings;
  filter: ResourceFilter;
}

export function ResourceTable({ resources, findings, filter }: Props) {
  const [most, setMost] = useState(STEP);
  const toggled = useSet<string>();
  const opensDepth = resources.length <= SMALL ? Number.POSITIVE_INFINITY : 1;
  const isOpen = (urn: string, depth: number) => depth < opensDepth !== toggled.has(urn);
  const rows = useRows(resources, findings.open, filter, isOpen);
  if (rows.length === 0) return <Empty title="No resource matches">Write another part of a name, or show all.</Empty>;
  return (
    <>
      <Listing
        minWidth={560}
        columns={[
          { plain: "Resource" },
          { plain: "Type" },
          { number: "Open findings" },
          ...(findings.excepted.size > 0 ? [{ number: "Let through" }] : []),
        ]}
      >
        {rows.slice(0, most).map((row) => (
          <Row
            key={row.key}
            row={row}
            open={isOpen(row.resource.urn, row.depth)}
            toggle={() =>
              toggled.has(row.resource.urn) ? toggled.delete(row.resource.urn) : toggled.add(row.resource.urn)
            }
            findings={findings}
          />
        ))}
      </Listing>
      {rows.length > most && (
        <Center>
          <Button variant="default" onClick={() => setMost(most + STEP)}>
            Show {Math.min(STEP, rows.length - most)} more of {rows.length - most}
          </Button>
        </Center>
      )}
    </>
  );
}

function useRows(
  resources: readonly Resource[],
  findings: ReadonlyMap<string, number>,
  { text, violating }: ResourceFilter,
  isOpen: (urn: string, depth: number) => boolean,
): TreeRow[] {
  const wanted = text?.toLowerCase() ?? "";
  const listed = useMemo(
    () =>
      flatRows(
        resources,
        ({ urn }) => urn.toLowerCase().includes(wanted) && (violating !== "yes" || findings.has(urn)),
      ),
    [resources, findings, wanted, violating],
  );
  return wanted || violating === "yes" ? listed : treeRows(resources, isOpen);
}

function Row({
  row: { resource, depth, children },
  open,
  toggle,
  findings,
}: {
  row: TreeRow;
  open: boolean;
  toggle: () => void;
  findings: Findings;
}) {
  const { name } = readUrn(resource.urn);
  const indent = (step: number, most: number) => 12 + Math.min(depth, most) * step;
  return (
    // As a row of a table it takes no padding. As a card, which is on a phone, it does, and its cells take none.
    <Table.Tr pl={indent(14, 5)}>
      <Table.Td pl={`calc(var(--as-table, 1) * ${indent(20, 12)}px)`} title={shortened(resource.urn, 2000)}>
        <Group gap={6} wrap="nowrap">
          {children > 0 ? (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-expanded={open}
              aria-label={`${open ? "Hide" : "Show"} what is below ${name}`}
              onClick={toggle}
            >
              {open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            </ActionIcon>
          ) : (
            <span style={{ width: 22, flexShrink: 0 }} />
          )}
          <span className="text">{shortened(name || resource.urn)}</span>
          {children > 0 && !open && (
            <Text span size="xs" c="dimmed">
              {children} below
            </Text>
          )}
          {resource.pendingDelete && <Badge color="orange">to be deleted</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="xs" c="dimmed" className="text">
          {shortened(resource.type)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Count of={findings.open.get(resource.urn)} what="open finding" resource={resource} />
      </Table.Td>
      {findings.excepted.size > 0 && (
        <Table.Td ta="right">
          <Count of={findings.excepted.get(resource.urn)} what="excepted finding" resource={resource} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

interface CountProps {
  of: number | undefined;
  what: "open finding" | "excepted finding";
  resource: Resource;
}

function Count({ of: count, what, resource: { urn } }: CountProps) {
  const { orgName: org, projectName: project, stackName: stack } = useStackName();
  if (!count) return null;
  return (
    <Go
      to="/$org/$project/$stack/findings"
      params={{ org, project, stack }}
      search={{ resource: urn, ...(what === "excepted finding" && { show: "excepted" }) }}
      aria-label={`${counted(count, what)} of ${readUrn(urn).name}`}
    >
      {count}
    </Go>
  );
}
