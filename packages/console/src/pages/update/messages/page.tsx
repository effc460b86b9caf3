import { Badge, Button, Center, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { Loaded } from "../../../shared/loaded.tsx";
import type { Run } from "../../../shared/runs.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { eventsQuery, type RunName } from "../queries.ts";
import { messagesOf } from "./text.ts";

const colors: Record<string, string> = { error: "red", warning: "yellow" };

/** What the engine and the program said. */
export function Messages({ name, run }: { name: RunName; run: Run }) {
  const query = useQuery(eventsQuery(name, run, "diagnosticEvent"));
  return (
    <Loaded query={query}>
      {({ events, next }) => (
        <>
          <List messages={messagesOf(events)} run={run} />
          {run.endedAt && next !== null && (
            <Center mt="md">
              <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
                Show more
              </Button>
            </Center>
          )}
        </>
      )}
    </Loaded>
  );
}

function List({ messages, run }: { messages: ReturnType<typeof messagesOf>; run: Run }) {
  if (messages.length === 0)
    return (
      <Empty title={run.endedAt ? "The engine said nothing" : "The engine has said nothing yet"}>
        Events of runs that are old are not kept.
      </Empty>
    );
  return (
    <Stack gap="xs">
      <Table>
        <Table.Tbody>
          {messages.map(({ key, severity, urn, text }) => (
            <Table.Tr key={key}>
              <Table.Td w={100} valign="top">
                <Badge color={colors[severity] ?? "gray"}>{severity}</Badge>
              </Table.Td>
              <Table.Td>
                {urn && (
                  <Text size="xs" c="dimmed" component="div">
                    <Resource urn={urn} />
                  </Text>
                )}
                <Text size="sm" className="text" ff="monospace" style={{ whiteSpace: "pre-wrap" }}>
                  {text}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
