import { Code, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { Isolated } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { Status } from "../../shared/words.tsx";
import { type Exception, exceptionQuery } from "./queries.ts";

const route = getRouteApi("/signed-in/$org/insights/exceptions/$id");

export function ExceptionPage() {
  const { org, id } = route.useParams();
  const { isPolicyManager } = useOrganization();
  const query = useQuery(exceptionQuery(org, id));
  return (
    <Page
      title={id}
      above={
        <Go to="/$org/insights/exceptions" params={{ org }} size="sm">
          Exceptions
        </Go>
      }
      actions={isPolicyManager && query.data?.status === "active" && <Remove org={org} id={id} />}
    >
      <Loaded query={query}>
        {(exception) => (
          <Stack>
            <Text className="text">{exception.reason}</Text>
            <Table variant="vertical" layout="fixed" maw={720}>
              <Table.Tbody>
                <Table.Tr>
                  <Table.Th w={160}>Status</Table.Th>
                  <Table.Td>
                    <Status of={stateOf(exception)} {...(exception.status === "active" && { color: "grape" })} />
                  </Table.Td>
                </Table.Tr>
                <Table.Tr>
                  <Table.Th>Policy pack</Table.Th>
                  <Table.Td>
                    <Go to="/$org/insights/policypacks/$pack" params={{ org, pack: exception.policyPack }}>
                      {exception.policyPack}
                    </Go>
                  </Table.Td>
                </Table.Tr>
                <Table.Tr>
                  <Table.Th>Made</Table.Th>
                  <Table.Td>
                    <Time at={exception.createdAt} /> by {exception.createdBy?.githubLogin ?? "somebody who left"}
                  </Table.Td>
                </Table.Tr>
                <Table.Tr>
                  <Table.Th>{words[stateOf(exception)]}</Table.Th>
                  <Table.Td>
                    <Time at={exception.removedAt ?? exception.expiresAt} never="no end" />
                    {exception.removedBy && ` by ${exception.removedBy.githubLogin}`}
                  </Table.Td>
                </Table.Tr>
              </Table.Tbody>
            </Table>
            <Title order={2}>What it lets through</Title>
            {exception.match.map(({ policies, targets }) => (
              <Stack key={`${policies} ${targets}`} gap={4}>
                <Text size="sm" className="text">
                  Violations of <Isolated texts={policies} /> by:
                </Text>
                {targets.map((target) => (
                  <Code key={target} block className="text">
                    {target}
                  </Code>
                ))}
              </Stack>
            ))}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

const words = { "in effect": "Ends", removed: "Removed", ended: "Ended" };

/** Whether somebody has removed it, or its time is over. */
function stateOf({ status, removedBy }: Exception): keyof typeof words {
  if (status === "active") return "in effect";
  return removedBy ? "removed" : "ended";
}

function Remove({ org, id }: { org: string; id: string }) {
  const params = { orgName: org, exceptionId: id };
  const remove = useChange(() => api.call("DELETE /api/orgs/{orgName}/policy/exceptions/{exceptionId}", { params }));
  return (
    <Confirm label="Remove" title="Remove the exception" mutation={remove}>
      <Text size="sm">
        Its violations count again at once, and mandatory ones stop the next update of their stacks. Updates that run
        already are not stopped.
      </Text>
    </Confirm>
  );
}
