import { Alert, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { Go } from "../../../shared/links.tsx";
import { Loaded } from "../../../shared/loaded.tsx";
import { More } from "../../../shared/more.tsx";
import { counted, written } from "../../../shared/numbers.ts";
import type { Run } from "../../../shared/runs.tsx";
import type { RunName } from "../queries.ts";
import { ByPolicy } from "./by-policy.tsx";
import { ByResource } from "./by-resource.tsx";
import { byPolicy, type Counted } from "./grouping.ts";
import { countsQuery, resultsQuery } from "./queries.ts";

type By = "policy" | "resource";

interface Props {
  name: RunName;
  run: Run;
  by: By;
  group: (by: By) => void;
}

/** What policies said in a run. Of many results only the worst are read at first. */
export function Policies({ name, run, by, group }: Props) {
  const counts = useQuery(countsQuery(name, run));
  const results = useInfiniteQuery(resultsQuery(name, run, by === "resource" ? { by } : {}));
  return (
    <Loaded query={counts}>
      {(report) =>
        report.packs.length > 0 ? (
          <Stack gap="md">
            <Group justify="space-between">
              <Text size="sm" role="status">
                {summaryOf(report, run)}
              </Text>
              <SegmentedControl
                size="xs"
                aria-label="Group by"
                value={by}
                onChange={(value) => group(value as By)}
                data={[
                  { value: "policy", label: "By policy" },
                  { value: "resource", label: "By resource" },
                ]}
              />
            </Group>
            <Compacted report={report} />
            {by === "policy" ? (
              <Loaded query={results}>
                {({ pages: [worst] }) => (
                  <ByPolicy groups={byPolicy(report, worst?.results ?? [])} name={name} run={run} />
                )}
              </Loaded>
            ) : (
              <More query={results} rowsOf={({ results }) => results}>
                {(results) =>
                  results.length > 0 ? (
                    <ByResource packs={report.packs} results={results} name={name} run={run} />
                  ) : (
                    <Empty title="No policy found anything" />
                  )
                }
              </More>
            )}
          </Stack>
        ) : (
          <NoPolicies name={name} run={run} />
        )
      }
    </Loaded>
  );
}

function summaryOf({ counts, packs }: Counted, { status }: Run): string {
  const told = [
    `${written(counts.mandatory)} mandatory`,
    `${written(counts.advisory)} advisory`,
    ...(counts.excepted > 0 ? [`${written(counts.excepted)} excepted`] : []),
    ...(counts.remediated > 0 ? [`${written(counts.remediated)} remediated`] : []),
    ...(counts.notEvaluated > 0 ? [`${written(counts.notEvaluated)} not evaluated`] : []),
  ].join(", ");
  return `${counted(packs.length, "policy pack")}: ${told}${status === "running" ? ", so far" : ""}.`;
}

function Compacted({ report: { update } }: { report: Counted }) {
  if (!update?.compactedAt) return null;
  return (
    <Alert color="gray" title={`Only counts are kept since ${update.compactedAt.slice(0, 10)}`}>
      This run is old, so what policies said of each resource is not kept any more.
    </Alert>
  );
}

function NoPolicies({
  name: { orgName: org, projectName: project, stackName: stack },
  run,
}: {
  name: RunName;
  run: Run;
}) {
  if (run.kind !== "update" && run.kind !== "preview")
    return <Empty title={`Policies are not asked in a ${run.kind}`} />;
  return (
    <Empty title="No policies were asked in this run">
      <Go to="/$org/$project/$stack/settings" params={{ org, project, stack }} size="sm">
        What the next run of this stack must run
      </Go>
    </Empty>
  );
}
