import { Card, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { Few } from "../../../shared/few.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { Severity } from "../../../shared/words.tsx";
import { byResource, type Report, type Result } from "./grouping.ts";
import type { Remediations } from "./remediations.ts";
import { ResultLine } from "./result.tsx";

export function ByResource({
  report: { results },
  org,
  remediations,
}: {
  report: Report;
  org: string;
  remediations: Remediations;
}) {
  const groups = useMemo(() => byResource(results), [results]);
  return (
    <Stack gap="xs">
      <Few items={groups} step={50} keyOf={({ urn }) => urn}>
        {({ urn, results }) => (
          <Card withBorder padding="sm" component="section" aria-label={urn}>
            <Text fw={600} component="div">
              <Resource urn={urn} />
            </Text>
            <Stack gap="sm" mt="xs">
              <Few
                items={results}
                step={10}
                keyOf={({ kind, pack, version, policy }) => [kind, pack, version, policy].join(" ")}
              >
                {(result) => (
                  <ResultLine result={result} of={<PolicyOf result={result} />} org={org} remediations={remediations} />
                )}
              </Few>
            </Stack>
          </Card>
        )}
      </Few>
    </Stack>
  );
}

function PolicyOf({ result: { policy, pack, version, severity } }: { result: Result }) {
  return (
    <>
      {policy}{" "}
      <Text span size="xs" c="dimmed">
        {pack} {version}
      </Text>{" "}
      <Severity of={severity} />
    </>
  );
}
