import { Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { Listing } from "../../../shared/listing.tsx";
import { More } from "../../../shared/more.tsx";
import { isUnproven } from "../../../shared/receipt.ts";
import { Changes, Outcome, Receipt, Results, type Run } from "../../../shared/runs.tsx";
import { Time } from "../../../shared/time.tsx";
import { shortened } from "../../../shared/urn.tsx";
import { activityQuery, type StackName, useStackName } from "../queries.ts";
import { RunLink } from "./run-link.tsx";

/** What was run on the stack. */
export function ActivityPage() {
  const name = useStackName();
  const query = useInfiniteQuery(activityQuery(name));
  return (
    <More query={query} rowsOf={({ updates }) => updates}>
      {(runs) => (runs.length > 0 ? <Runs runs={runs} /> : <NoRuns name={name} />)}
    </More>
  );
}

function Runs({ runs }: { runs: readonly Run[] }) {
  const isRunning = ({ status }: Run) => status === "running";
  const runningFirst = [...runs.filter(isRunning), ...runs.filter((run) => !isRunning(run))];
  return (
    <Listing minWidth={820} columns={["Run", { plain: "Outcome" }, "Policies", "Receipt", "Changes", "By", "When"]}>
      {runningFirst.map((run) => (
        <Row key={run.updateID} run={run} />
      ))}
    </Listing>
  );
}

function Row({ run }: { run: Run }) {
  const { status, message, results, receipt, resourceChanges, requestedBy, startedAt } = run;
  return (
    <Table.Tr>
      <Table.Td maw={320}>
        <RunLink run={run} />
        {message && (
          <Text size="xs" c="dimmed" lineClamp={1} className="text" title={message.slice(0, 300)}>
            {message}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Outcome of={status} />
      </Table.Td>
      <Table.Td>
        <Results of={results} unproven={isUnproven(run)} />
      </Table.Td>
      <Table.Td>
        <Receipt of={receipt} />
      </Table.Td>
      <Table.Td>
        <Changes of={resourceChanges} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{shortened(requestedBy?.githubLogin ?? "removed", 30)}</Table.Td>
      <Table.Td>
        <Time at={startedAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function NoRuns({ name: { orgName, projectName, stackName } }: { name: StackName }) {
  return (
    <Empty
      title="Nothing was run on this stack yet"
      command={`pulumi up --stack ${orgName}/${projectName}/${stackName}`}
    >
      Its updates and previews appear here, with what policies reported:
    </Empty>
  );
}
