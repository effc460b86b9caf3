import { Group, Paper, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { written } from "../../shared/numbers.ts";
import type { PolicyGroup } from "../policy-groups/queries.ts";

interface Found {
  stacks: { name: string; routingProject: string }[];
  matchedCount?: number;
  totalCount?: number;
}

/** What a rule takes in now, and what that makes those stacks run. */
export function Matches({ query, group }: { query: UseQueryResult<Found>; group: PolicyGroup }) {
  const { name: org } = useOrganization();
  return (
    <Paper withBorder p="sm" aria-live="polite" aria-busy={query.isFetching}>
      <Loaded query={query}>
        {({ stacks, matchedCount = stacks.length, totalCount = 0 }) => (
          <Stack gap="xs">
            <Text size="sm" fw={600}>
              It matches {written(matchedCount)} of {written(totalCount)} stacks
            </Text>
            <Group gap="xs">
              {stacks.map(({ name, routingProject }) => (
                <Go
                  key={`${routingProject}/${name}`}
                  to="/$org/$project/$stack"
                  params={{ org, project: routingProject, stack: name }}
                  size="sm"
                  className="text"
                >
                  {routingProject}/{name}
                </Go>
              ))}
              {matchedCount > stacks.length && (
                <Text size="sm" c="dimmed">
                  and {written(matchedCount - stacks.length)} more
                </Text>
              )}
            </Group>
            <Text size="sm" className="text">
              {consequenceOf(group)}
            </Text>
          </Stack>
        )}
      </Loaded>
    </Paper>
  );
}

function consequenceOf({ mode, appliedPolicyPacks }: PolicyGroup): string {
  if (mode === "audit") return "The mode of the group is audit: no stack has to run anything because of it.";
  const packs = appliedPolicyPacks.map(({ name }) => name).join(", ");
  return packs
    ? `When the rule is saved, they must run ${packs} from the next preview or update on.`
    : "The group has no policy pack enabled, so they need not run anything because of it yet.";
}
