import { Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { Go } from "../../../shared/links.tsx";
import { Listing } from "../../../shared/listing.tsx";
import { More } from "../../../shared/more.tsx";
import { Isolated } from "../../../shared/strangers.tsx";
import { Time } from "../../../shared/time.tsx";
import { UnappliedIn } from "../../../shared/unapplied-in.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { useStackName } from "../queries.ts";
import { exceptionsOfStackQuery } from "./queries.ts";

/** So many resources of one exception are shown. Its page has all. */
const MOST = 5;

export function Exceptions() {
  const name = useStackName();
  const query = useInfiniteQuery(exceptionsOfStackQuery(name));
  return (
    <More query={query} rowsOf={({ exceptions }) => exceptions}>
      {(exceptions) =>
        exceptions.length > 0 ? (
          <Listing minWidth={720} columns={["Exception", "Policies", "Resources", "By", "Ends"]}>
            {exceptions.map(({ id, policyPack, match, reason, createdBy, expiresAt, unappliedIn }) => (
              <Table.Tr key={id}>
                <Table.Td maw={300}>
                  <Go to="/$org/insights/exceptions/$id" params={{ org: name.orgName, id }}>
                    {id}
                  </Go>
                  <Text size="xs" c="dimmed" lineClamp={3} className="text">
                    {reason}
                  </Text>
                  <UnappliedIn org={name.orgName} stacks={unappliedIn} />
                </Table.Td>
                <Table.Td>
                  <span>
                    <Isolated texts={[...new Set(match.flatMap(({ policies }) => policies))]} />
                  </span>{" "}
                  <Text span size="xs" c="dimmed">
                    {policyPack}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Targets of={[...new Set(match.flatMap(({ targets }) => targets))]} />
                </Table.Td>
                <Table.Td>{createdBy?.githubLogin ?? "removed"}</Table.Td>
                <Table.Td>
                  <Time at={expiresAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Listing>
        ) : (
          <Empty
            title="No exception is in effect"
            command={`quillon policy exception new --stack ${name.projectName}/${name.stackName} --reason "…"`}
          >
            This lets through what the last preview or update of this stack violated:
          </Empty>
        )
      }
    </More>
  );
}

function Targets({ of }: { of: readonly string[] }) {
  return (
    <Stack gap={2}>
      {of.slice(0, MOST).map((urn) => (
        <Resource key={urn} urn={urn} />
      ))}
      {of.length > MOST && (
        <Text size="xs" c="dimmed">
          and {of.length - MOST} more
        </Text>
      )}
    </Stack>
  );
}
