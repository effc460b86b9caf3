import { SegmentedControl, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { Receipt as ReceiptBadge } from "../../shared/runs.tsx";
import { Time } from "../../shared/time.tsx";
import { DAYS, type Receipt, type ReceiptChoice, receiptsQuery } from "./queries.ts";

const statuses: { value: ReceiptChoice; label: string; about: string }[] = [
  { value: "either", label: "Not complete", about: "It is not shown that every required policy judged what they did." },
  { value: "missing", label: "Missing", about: "No policy results came, although the update had to run policies." },
  { value: "incomplete", label: "Incomplete", about: "Results of some packs or resources did not come." },
  { value: "complete", label: "Complete", about: "Results of every required pack came for every resource." },
];

interface Props {
  org: string;
  status: string | undefined;
  set: (status: ReceiptChoice) => void;
}

/** Which updates have shown that the policies ran, and which have not. */
export function Receipts({ org, status: wanted, set }: Props) {
  const { value: status, about } =
    statuses.find(({ value }) => value === wanted) ?? (statuses[0] as (typeof statuses)[number]);
  const query = useInfiniteQuery(receiptsQuery(org, status));
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Which receipts"
        data={statuses.map(({ value, label }) => ({ value, label }))}
        value={status}
        onChange={(value) => set(value as ReceiptChoice)}
      />
      <Text size="sm" c="dimmed" my="sm">
        Updates of the last {DAYS} days. {about}
      </Text>
      <More query={query} rowsOf={({ receipts }) => receipts}>
        {(receipts) =>
          receipts.length > 0 ? <Rows org={org} receipts={receipts} /> : <Empty title="There is no such update" />
        }
      </More>
    </>
  );
}

function Rows({ org, receipts }: { org: string; receipts: Receipt[] }) {
  return (
    <Listing
      minWidth={640}
      columns={["Stack", { plain: "Update" }, { plain: "Outcome" }, "Receipt", "Ended"]}
      label="Updates"
    >
      {receipts.map(({ updateID, project, stack, kind, outcome, status, endedAt }) => (
        <Table.Tr key={updateID}>
          <Table.Td>
            <Go to="/$org/$project/$stack" params={{ org, project, stack }}>
              {project}/{stack}
            </Go>
          </Table.Td>
          <Table.Td>
            <Go to="/$org/$project/$stack/updates/$version" params={{ org, project, stack, version: updateID }}>
              {kind}
            </Go>
          </Table.Td>
          <Table.Td style={{ whiteSpace: "nowrap" }}>{outcome}</Table.Td>
          <Table.Td>
            <ReceiptBadge of={status} />
          </Table.Td>
          <Table.Td>
            <Time at={endedAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}
