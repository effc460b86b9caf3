import { Button, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { clearButton } from "../../../shared/clear-button.ts";
import { Empty } from "../../../shared/empty.tsx";
import { Go } from "../../../shared/links.tsx";
import { More } from "../../../shared/more.tsx";
import { counted, written } from "../../../shared/numbers.ts";
import { Resource } from "../../../shared/urn.tsx";
import { useStackName } from "../queries.ts";
import { Checked } from "./checked.tsx";
import { Predictions } from "./predictions.tsx";
import { checkQuery, findingCountsQuery, stackFindingsQuery, stackPredictionsQuery } from "./queries.ts";
import type { StackFindingFilter } from "./search.ts";
import { FindingsTable } from "./table.tsx";

const route = getRouteApi("/signed-in/$org/$project/$stack/findings");

/** What is violated in what the stack has deployed, what previews predict, and what a check of its state found. */
export function StackFindingsPage() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: StackFindingFilter) => void navigate({ search: (before) => ({ ...before, ...change }) });
  const { show = "open", severity, resource } = filter;
  const isOfFindings = show !== "predicted" && show !== "checked";
  return (
    <Stack gap="md">
      <Group align="flex-end">
        <SegmentedControl
          size="xs"
          style={{ flexWrap: "wrap" }}
          aria-label="Which findings"
          value={show}
          onChange={(value) => set({ show: value })}
          data={useKinds(show)}
        />
        {isOfFindings && (
          <Select
            size="xs"
            aria-label="Severity"
            placeholder="Every severity"
            data={["critical", "high", "medium", "low"]}
            value={severity ?? null}
            onChange={(value) => set({ severity: value ?? "" })}
            clearable
            clearButtonProps={clearButton("Clear Severity")}
            w={170}
          />
        )}
      </Group>
      {resource && isOfFindings && (
        <Group gap="xs">
          <Text size="sm" component="div">
            Of <Resource urn={resource} />
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconX size={12} />}
            onClick={() => set({ resource: "" })}
          >
            Of every resource
          </Button>
        </Group>
      )}
      {isOfFindings && <Findings filter={filter} />}
      {show === "predicted" && <Predictions />}
      {show === "checked" && <Checked />}
    </Stack>
  );
}

/** What can be shown, and how much there is of it. */
function useKinds(shown: string) {
  const name = useStackName();
  const { data: counts } = useQuery(findingCountsQuery(name));
  const { data: predicted } = useInfiniteQuery(stackPredictionsQuery(name));
  const { data: checked } = useQuery(checkQuery(name));
  const previewed = predicted?.pages.reduce((sum, { predictions }) => sum + predictions.length, 0);
  const label = (word: string, count: number | undefined, more = "") =>
    count ? `${word} (${written(count)}${more})` : word;
  return [
    { value: "open", label: label("Open", counts?.open) },
    { value: "excepted", label: label("Excepted", counts?.excepted) },
    { value: "ended", label: label("Ended", counts?.ended) },
    {
      value: "predicted",
      label: label("Only in previews", previewed, predicted?.pages.at(-1)?.continuationToken && "+"),
    },
    // Only stacks whose state is elsewhere are checked so.
    ...(checked?.check || shown === "checked"
      ? [{ value: "checked", label: label("Checked", checked?.check?.report.results.length) }]
      : []),
  ];
}

function Findings({ filter }: { filter: StackFindingFilter }) {
  const name = useStackName();
  const query = useInfiniteQuery(stackFindingsQuery(name, filter));
  return (
    <More query={query} rowsOf={({ policyIssues }) => policyIssues}>
      {(findings) => (findings.length > 0 ? <FindingsTable findings={findings} /> : <NoFindings filter={filter} />)}
    </More>
  );
}

function NoFindings({ filter: { show, severity, pack, resource } }: { filter: StackFindingFilter }) {
  if (severity || pack || resource) return <Empty title="No finding matches">Take a filter away.</Empty>;
  if (show === "ended") return <Empty title="No finding of this stack has ended yet" />;
  if (show === "excepted")
    return (
      <Empty title="Nothing in this stack is let through">
        What violates a policy and is let through by an exception appears here, with the reason and the end.
      </Empty>
    );
  return <NothingOpen />;
}

/** A stack that is blocked has nothing that it may deploy, so it often has no findings. */
function NothingOpen() {
  const { orgName: org, projectName: project, stackName: stack } = useStackName();
  const { data } = useInfiniteQuery(stackPredictionsQuery({ orgName: org, projectName: project, stackName: stack }));
  const blocking = data?.pages.flatMap(({ predictions }) => predictions).filter(({ blocked }) => blocked).length ?? 0;
  if (blocking > 0)
    return (
      <Empty title="This stack has no open findings, and its next update is stopped">
        Nothing that is deployed violates a policy.{" "}
        <Go to="/$org/$project/$stack/findings" params={{ org, project, stack }} search={{ show: "predicted" }}>
          {counted(blocking, "mandatory violation")}
        </Go>{" "}
        would be deployed next.
      </Empty>
    );
  return (
    <Empty title="This stack has no open findings" command="pulumi up">
      What policies report in an update of this stack appears here, and stays until it is corrected:
    </Empty>
  );
}
