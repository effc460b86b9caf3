import { Badge, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { More } from "../../../shared/more.tsx";
import type { Run } from "../../../shared/runs.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { eventsQuery, type RunName } from "../queries.ts";
import { messagesOf } from "./text.ts";

const colors: Record<string, string> = { error: "red", warning: "yellow" };

/** What the engine and the program said. */
export function Messages({ name, run }: { name: RunName; run: Run }) {
  const query = useInfiniteQuery(eventsQuery(name, run, "diagnosticEvent"));
  return (
    <More query={query} rowsOf={({ events }) => messagesOf(events)}>
      {(messages) =>
        messages.length > 0 ? (
          <Stack gap="xs">
            <Table.ScrollContainer minWidth={560}>
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
            </Table.ScrollContainer>
          </Stack>
        ) : (
          <Empty title={run.endedAt ? "The engine said nothing" : "The engine has said nothing yet"}>
            Events of runs that are old are not kept.
          </Empty>
        )
      }
    </More>
  );
}
