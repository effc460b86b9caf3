import { Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { counted } from "../../shared/numbers.ts";
import { Time } from "../../shared/time.tsx";
import { UnappliedIn } from "../../shared/unapplied-in.tsx";
import { exceptionsQuery, type Listed } from "./queries.ts";
import type { ExceptionFilter } from "./search.ts";

export function ExceptionList({ filter }: { filter: ExceptionFilter }) {
  const { name: org } = useOrganization();
  const query = useInfiniteQuery(exceptionsQuery(org, filter));
  return (
    <More query={query} rowsOf={({ exceptions }) => exceptions}>
      {(exceptions) =>
        exceptions.length > 0 ? <Rows exceptions={exceptions} org={org} /> : <Nothing filter={filter} />
      }
    </More>
  );
}

function Rows({ exceptions, org }: { exceptions: Listed[]; org: string }) {
  return (
    <Listing
      minWidth={720}
      columns={["Exception", "Policy pack", "Lets through", "Reason", "Made", "Ends", "Last needed"]}
    >
      {exceptions.map((one) => (
        <Table.Tr key={one.id}>
          <Table.Td>
            <Go to="/$org/insights/exceptions/$id" params={{ org, id: one.id }}>
              {one.id}
            </Go>
          </Table.Td>
          <Table.Td miw={110}>{one.policyPack}</Table.Td>
          <Table.Td miw={130}>{whatOf(one)}</Table.Td>
          <Table.Td>
            <Text size="sm" lineClamp={2} className="text">
              {one.reason}
            </Text>
            <UnappliedIn org={org} stacks={one.unappliedIn} />
          </Table.Td>
          <Table.Td>
            <Time at={one.createdAt} /> {one.createdBy && `by ${one.createdBy.githubLogin}`}
          </Table.Td>
          <Table.Td>
            {one.removedBy && "removed "}
            <Time at={one.removedAt ?? one.expiresAt} never="no end" />
          </Table.Td>
          <Table.Td>
            <Time at={one.lastNeededAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}

/** How many policies of how many resources: `2 policies, 1 resource`. */
function whatOf({ match }: Listed): string {
  const policies = new Set(match.flatMap((entry) => entry.policies)).size;
  const targets = new Set(match.flatMap((entry) => entry.targets)).size;
  return `${counted(policies, "policy", "policies")}, ${counted(targets, "resource")}`;
}

function Nothing({ filter }: { filter: ExceptionFilter }) {
  if (filter.pack || filter.stack || filter.order === "unused" || filter.order === "soon")
    return <Empty title="No exception matches">Take a filter away.</Empty>;
  if (filter.view === "ended") return <Empty title="No exception has ended or was removed" />;
  return (
    <Empty title="Nothing is excepted" command="quillon policy exception new --from-finding ID">
      An exception lets one violation through that must stay for a while. From a finding:
    </Empty>
  );
}
