import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

/**
 * The title of a column. One of numbers is on the right, and one that people need no title for is only read out. Where values say
 * what they are it is plain, and left out of cards; the first column of a card is its heading, unless it is plain.
 */
type Column = string | { number: string } | { plain: string } | { hidden: string };

interface ListingProps {
  columns: readonly Column[];
  /** In pixels, which the table needs. Where a phone has less, each row is a card. */
  minWidth: number;
  /** What is listed, where the page does not say it. */
  label?: string;
  /** The rows. */
  children: ReactNode;
}

/** In pixels: the narrowest phone that we look at, without what is around the table. */
const PHONE = 366;

/** A table with a row for each thing. */
export function Listing({ columns, minWidth, label, children }: ListingProps) {
  const fits = minWidth <= PHONE;
  return (
    <Table.ScrollContainer
      minWidth={fits ? minWidth : `calc(var(--as-table, 1) * ${minWidth}px)`}
      {...(!fits && { className: "cards", style: titles(columns) })}
    >
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

/** For the style sheet, which writes them into cards, because a card is not below its column's head. */
function titles(columns: readonly Column[]): Record<string, string> {
  const found = columns.flatMap((column, index) => {
    const title = typeof column === "string" ? column : "number" in column && column.number;
    return title ? [[`--title-${index + 1}`, JSON.stringify(title)] as const] : [];
  });
  return { ...(isPlain(columns[0]) && { "--first": "auto" }), ...Object.fromEntries(found) };
}

const isPlain = (column: Column | undefined) => typeof column === "object" && "plain" in column;

function Title({ column }: { column: Column }) {
  if (typeof column === "string") return <Table.Th>{column}</Table.Th>;
  if ("number" in column) return <Table.Th ta="right">{column.number}</Table.Th>;
  if ("plain" in column) return <Table.Th>{column.plain}</Table.Th>;
  return (
    <Table.Th>
      <VisuallyHidden>{column.hidden}</VisuallyHidden>
    </Table.Th>
  );
}
