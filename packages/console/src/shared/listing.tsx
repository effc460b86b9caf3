import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

/** The title of a column. One of numbers is on the right, and one that people need no title for is only read out. */
type Column = string | { number: string } | { hidden: string };

interface ListingProps {
  columns: readonly Column[];
  /** In pixels. On a narrower screen the table scrolls. */
  minWidth: number;
  /** On a phone each row is a card instead, because it has what people came for at its end. */
  cards?: boolean;
  /** What is listed, where the page does not say it. */
  label?: string;
  /** The rows. */
  children: ReactNode;
}

/** A table with a row for each thing. */
export function Listing({ columns, minWidth, cards = false, label, children }: ListingProps) {
  const width = cards ? `calc(var(--as-table, 1) * ${minWidth}px)` : minWidth;
  return (
    <Table.ScrollContainer minWidth={width} {...(cards && { className: "cards" })}>
      <Table {...(label !== undefined && { "aria-label": label })}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Title key={JSON.stringify(column)} column={column} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Title({ column }: { column: Column }) {
  if (typeof column === "string") return <Table.Th>{column}</Table.Th>;
  if ("number" in column) return <Table.Th ta="right">{column.number}</Table.Th>;
  return (
    <Table.Th>
      <VisuallyHidden>{column.hidden}</VisuallyHidden>
    </Table.Th>
  );
}
