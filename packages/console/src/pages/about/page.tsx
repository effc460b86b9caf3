import { Stack, Table, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, messageOf } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { Command } from "../../shared/empty.tsx";
import { Page } from "../../shared/page.tsx";
import { Status } from "../../shared/words.tsx";

const readyQuery = queryOptions({
  queryKey: ["ready"],
  queryFn: () => api.call("GET /readyz", {}),
  refetchInterval: 10_000,
});

/** How the server is, and how to reach it. */
export function AboutPage() {
  const { name: org } = useOrganization();
  const ready = useQuery({ ...readyQuery, retry: false });
  const { origin } = window.location;
  return (
    <Page title="About this server">
      <Stack maw={720}>
        <Table variant="vertical" layout="fixed">
          <Table.Tbody>
            <Table.Tr>
              <Table.Th w={160}>Health</Table.Th>
              <Table.Td>
                {ready.error ? (
                  <Text c="red">{messageOf(ready.error)}</Text>
                ) : (
                  <Status of={ready.data ? "ready" : "asking"} color="green" />
                )}
              </Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>Address</Table.Th>
              <Table.Td>{origin}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>Organization</Table.Th>
              <Table.Td>{org}</Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
        <Text size="sm">To log in a Pulumi CLI:</Text>
        <Command text={`pulumi login ${origin}`} />
      </Stack>
    </Page>
  );
}
