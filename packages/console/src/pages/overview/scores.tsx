import { Box, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useOrganization } from "../../session.ts";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import { Part } from "../../shared/part.tsx";
import { dayText, Line } from "./line.tsx";
import { daysQuery, type Overview } from "./queries.ts";
import { type Day, pointsOf, type Score, trendOf } from "./trend.ts";

/** Both scores: how they are now, how they were on each of the last 30 days, and what was changed in between. */
export function Scores({ org, scores }: { org: string; scores: Overview["scores"] }) {
  const query = useQuery(daysQuery(org));
  const { passingPolicies, policies, exceptedPolicies, cleanResources, governedResources } = scores;
  const trend = query.data && trendOf(query.data, scores);
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="scores">
      <Title order={2} size="sm" c="dimmed" id="scores">
        Scores, now and in the last 30 days
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xl" mb="xs">
        <Box>
          <Now
            score={
              <Go to="/$org/insights/compliance" params={{ org }} search={{ by: "policy" }}>
                <Part n={passingPolicies} of={policies} />
              </Go>
            }
            what={`policies pass, counted for each stack${exceptedPolicies > 0 ? `; ${counted(exceptedPolicies, "more fails", "more fail")} only by what is excepted` : ""}`}
          />
          {trend && <LineOf label="Policies that pass" trend={trend} score={({ policies }) => policies} />}
        </Box>
        <Box>
          <Now
            score={
              <Go to="/$org/insights/compliance" params={{ org }} search={{ by: "pack" }}>
                <Part n={cleanResources} of={governedResources} />
              </Go>
            }
            what={`resources fail no policy${exceptedPolicies > 0 ? "; what is excepted counts as failing" : ""}`}
          />
          {trend && <LineOf label="Resources that fail no policy" trend={trend} score={({ resources }) => resources} />}
        </Box>
      </SimpleGrid>
      <Loaded query={query}>
        {() =>
          trend && (
            <Stack gap="xs">
              <LastChanges org={org} trend={trend} />
              <AllDays org={org} trend={trend} />
            </Stack>
          )
        }
      </Loaded>
    </Paper>
  );
}

function Now({ score, what }: { score: ReactNode; what: string }) {
  return (
    <Text size="sm" c="dimmed">
      <Text span fz={26} fw={600} lh={1.3} mr={6}>
        {score}
      </Text>
      {what}
    </Text>
  );
}

interface LineOfProps {
  label: string;
  trend: readonly Day[];
  score: (day: Day) => Score | undefined;
}

function LineOf({ label, trend, score }: LineOfProps) {
  const changed = new Set(trend.filter(({ changes }) => changes.length > 0).map(({ day }) => day));
  return <Line label={label} points={pointsOf(trend, score, Date.now())} changed={changed} />;
}

/** In days. */
const SHOWN = 3;

function LastChanges({ org, trend }: { org: string; trend: Day[] }) {
  const last = trend.filter(({ changes }) => changes.length > 0).slice(-SHOWN);
  if (last.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No policy pack, policy group or stack was changed in these days.
      </Text>
    );
  return (
    <Box>
      <Text size="sm" fw={600}>
        What was changed last, marked below the lines
      </Text>
      {last.toReversed().map((day) => (
        <Text key={day.day} size="sm">
          <Text span inherit c="dimmed">
            {dayText(day.day)}:{" "}
          </Text>
          <Changes org={org} of={day} />
        </Text>
      ))}
    </Box>
  );
}

/** The names of the events are those of the audit log, which only admins may read. */
function Changes({ org, of: { changes } }: { org: string; of: Day }) {
  const { isAdmin } = useOrganization();
  return changes.map(({ event, count }, index) => (
    <span key={event}>
      {index > 0 && ", "}
      {count} ×{" "}
      {isAdmin ? (
        <Go to="/$org/audit-log" params={{ org }} search={{ event }}>
          {event}
        </Go>
      ) : (
        event
      )}
    </span>
  ));
}

function AllDays({ org, trend }: { org: string; trend: Day[] }) {
  return (
    <details>
      <Text component="summary" size="sm">
        All days
      </Text>
      <Listing
        minWidth={520}
        label="Scores of each day"
        columns={[
          "Day (UTC)",
          { number: "Policies that pass" },
          { number: "Resources that fail none" },
          "Changed on it",
        ]}
      >
        {trend.toReversed().map((day) => (
          <Table.Tr key={day.day}>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{day.day || "now"}</Table.Td>
            <Amount of={day.policies} />
            <Amount of={day.resources} />
            <Table.Td>
              <Changes org={org} of={day} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Listing>
    </details>
  );
}

function Amount({ of: score }: { of: Score | undefined }) {
  return (
    <Table.Td ta="right">
      <Part {...(score ?? { n: 0, of: 0 })} />
    </Table.Td>
  );
}
