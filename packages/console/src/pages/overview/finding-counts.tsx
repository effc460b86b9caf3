import { Paper, Table, Text, Title, VisuallyHidden } from "@mantine/core";
import { Go } from "../../shared/links.tsx";
import { written } from "../../shared/numbers.ts";
import { Severity } from "../../shared/words.tsx";
import type { FindingFilter } from "../findings/search.ts";
import type { Overview } from "./queries.ts";

type Findings = Overview["findings"];

const open = "open,in_progress";

/** Open findings by severity, and how many of them are new, came back or are overdue. */
export function FindingCounts({ org, findings }: { org: string; findings: Findings }) {
  const { bySeverity } = findings;
  const total = bySeverity.reduce((sum, { count }) => sum + count, 0);
  return (
    <Paper component="section" withBorder p="md" h="100%" aria-labelledby="open-findings">
      <Title order={2} size="sm" c="dimmed" id="open-findings">
        Open findings
      </Title>
      <Table.ScrollContainer minWidth={280}>
        <Table fz="sm" verticalSpacing={2} horizontalSpacing={6} withRowBorders={false} aria-labelledby="open-findings">
          <Table.Thead fz="xs">
            <Table.Tr>
              <Table.Th>
                <VisuallyHidden>Severity</VisuallyHidden>
              </Table.Th>
              <Table.Th ta="right">All</Table.Th>
              <Table.Th ta="right" title="First seen in the last 7 days">
                New
              </Table.Th>
              <Table.Th ta="right" title="Fixed before, and back in the last 7 days">
                Reopened
              </Table.Th>
              <Table.Th ta="right">
                <Go
                  to="/$org/settings"
                  params={{ org }}
                  hash="overdue"
                  title="Open for longer than the organization allows for their severity"
                  c="inherit"
                >
                  Overdue
                </Go>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Row org={org} label="All" counts={{ count: total, ...findings }} filter={{}} large />
            {bySeverity.map((counts) => (
              <Row
                key={counts.severity}
                org={org}
                label={counts.severity ? <Severity of={counts.severity} /> : <Text c="dimmed">no severity</Text>}
                counts={counts}
                filter={{ severity: counts.severity || "none" }}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

interface RowProps {
  org: string;
  label: React.ReactNode;
  counts: { count: number; new: number; reopened: number; overdue: number };
  filter: FindingFilter;
  large?: boolean;
}

function Row({ org, label, counts, filter, large = false }: RowProps) {
  const { count, reopened, overdue } = counts;
  const cell = (of: number, more: FindingFilter, urgent = false) => (
    <Table.Td
      ta="right"
      style={{ whiteSpace: "nowrap" }}
      fw={large || (urgent && of > 0) ? 600 : undefined}
      {...(large && { fz: "lg" })}
    >
      <Go to="/$org/insights/findings" params={{ org }} search={{ status: open, ...filter, ...more }}>
        {written(of)}
      </Go>
    </Table.Td>
  );
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        {label}
      </Table.Th>
      {cell(count, {})}
      {cell(counts.new, { recent: "new" })}
      {cell(reopened, { recent: "reopened" })}
      {cell(overdue, { overdue: "true" }, true)}
    </Table.Tr>
  );
}
