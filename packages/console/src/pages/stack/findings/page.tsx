import { Button, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { clearButton } from "../../../shared/clear-button.ts";
import { Empty } from "../../../shared/empty.tsx";
import { More } from "../../../shared/more.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { useStackName } from "../queries.ts";
import { Predictions } from "./predictions.tsx";
import { stackFindingsQuery } from "./queries.ts";
import type { StackFindingFilter } from "./search.ts";
import { FindingsTable } from "./table.tsx";

const route = getRouteApi("/signed-in/$org/$project/$stack/findings");

/** What is violated in what the stack has deployed, and what previews predict. */
export function StackFindingsPage() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: StackFindingFilter) => void navigate({ search: (before) => ({ ...before, ...change }) });
  const { show = "open", severity, resource } = filter;
  return (
    <Stack gap="md">
      <Group align="flex-end">
        <SegmentedControl
          aria-label="Which findings"
          value={show}
          onChange={(value) => set({ show: value })}
          data={[
            { value: "open", label: "Open" },
            { value: "excepted", label: "Excepted" },
            { value: "ended", label: "Ended" },
            { value: "predicted", label: "Only in previews" },
          ]}
        />
        {show !== "predicted" && (
          <Select
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
      {resource && show !== "predicted" && (
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
      {show === "predicted" ? <Predictions /> : <Findings filter={filter} />}
    </Stack>
  );
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
  return (
    <Empty title="This stack has no open findings" command="pulumi up">
      What policies report in an update of this stack appears here, and stays until it is corrected:
    </Empty>
  );
}
