import { Table, Text } from "@mantine/core";
import { counted } from "../../shared/numbers.ts";
import type { Server } from "./queries.ts";

const daysText = (days: number | null) => (days === null ? "for ever" : counted(days, "day"));

/** How long the server keeps what. */
export function Kept({ keeps }: { keeps: Server["keeps"] }) {
  const { deletedStacksDays, predictionsDays, eventsDays, receiptsDays, findingsDays, auditDays, stateVersions } =
    keeps;
  const rows: [what: string, howLong: string, setting: string][] = [
    ["What previews predicted, after the last run that showed it", daysText(predictionsDays), "--predictions-days"],
    ["Messages and results of each resource, after a run ended", daysText(eventsDays), "--events-days"],
    ["Receipts", daysText(receiptsDays), "--receipts-days"],
    ["Findings, after they ended, and the scores of each day", daysText(findingsDays), "--findings-days"],
    ["The audit log", daysText(auditDays), "--audit-days"],
    ["Removed stacks, so that they can be restored", daysText(deletedStacksDays), "--deleted-stacks-days"],
    ["States of each stack", stateVersions === null ? "all" : `the newest ${stateVersions}`, "--state-versions"],
  ];
  return (
    <Table aria-label="How long things are kept">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>What, and the setting of the server</Table.Th>
          <Table.Th>Kept</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([what, howLong, setting]) => (
          <Table.Tr key={setting}>
            <Table.Td>
              {what}{" "}
              <Text span size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                <code>{setting}</code>
              </Text>
            </Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{howLong}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
