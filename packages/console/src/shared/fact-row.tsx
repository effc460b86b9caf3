import { Table } from "@mantine/core";
import type { ReactNode } from "react";

/** A row of a table with the variant `vertical`, which says one thing. */
export function FactRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={150}>{label}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}
