import { Alert, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { Empty } from "../../../shared/empty.tsx";
import { Go } from "../../../shared/links.tsx";
import { Loaded } from "../../../shared/loaded.tsx";
import { counted } from "../../../shared/numbers.ts";
import type { Run } from "../../../shared/runs.tsx";
import { eventsQuery, type RunName, resultsQuery } from "../queries.ts";
import { ByPolicy } from "./by-policy.tsx";
import { ByResource } from "./by-resource.tsx";
import type { Report } from "./grouping.ts";
import { type Remediations, remediationsOf } from "./remediations.ts";

type By = "policy" | "resource";

interface Props {
  name: RunName;
  run: Run;
  by: By;
  group: (by: By) => void;
}

/** What policies said in a run. */
export function Policies({ name, run, by, group }: Props) {
  const query = useQuery(resultsQuery(name, run));
  return (
    <Loaded query={query}>
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
            <NotListed report={report} />
            <Remediated name={name} run={run} any={report.counts.remediated > 0}>
              {(remediations) => <Results report={report} by={by} org={name.orgName} remediations={remediations} />}
            </Remediated>
          </Stack>
        ) : (
          <NoPolicies name={name} run={run} />
        )
      }
    </Loaded>
  );
}

function Results({
  report,
  by,
  org,
  remediations,
}: {
  report: Report;
  by: By;
  org: string;
  remediations: Remediations;
}) {
  if (by === "policy") return <ByPolicy report={report} org={org} remediations={remediations} />;
  if (report.results.length === 0) return <Empty title="No policy found anything" />;
  return <ByResource report={report} org={org} remediations={remediations} />;
}

function summaryOf({ counts, packs }: Report, { status }: Run): string {
  const told = [
    `${counts.mandatory} mandatory`,
    `${counts.advisory} advisory`,
    ...(counts.excepted > 0 ? [`${counts.excepted} excepted`] : []),
    ...(counts.remediated > 0 ? [`${counts.remediated} remediated`] : []),
    ...(counts.notEvaluated > 0 ? [`${counts.notEvaluated} not evaluated`] : []),
  ].join(", ");
  return `${counted(packs.length, "policy pack")}: ${told}${status === "running" ? ", so far" : ""}.`;
}

/** That not all is listed, and why. */
function NotListed({ report: { leftOut, update } }: { report: Report }) {
  return (
    <>
      {update?.compactedAt && (
        <Alert color="gray" title={`Only counts are kept since ${update.compactedAt.slice(0, 10)}`}>
          This run is old, so what policies said of each resource is not kept any more.
        </Alert>
      )}
      {leftOut > 0 && (
        <Alert color="gray" title={`${leftOut} results are not listed`}>
          The worst are. All are counted.
        </Alert>
      )}
    </>
  );
}

/** Reads what policies changed, if they changed anything. */
function Remediated({
  name,
  run,
  any,
  children,
}: {
  name: RunName;
  run: Run;
  any: boolean;
  children: (remediations: Remediations) => ReactNode;
}) {
  const { data } = useInfiniteQuery({ ...eventsQuery(name, run, "policyRemediationEvent"), enabled: any });
  return children(useMemo(() => remediationsOf(data?.pages.flatMap(({ events }) => events) ?? []), [data]));
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
