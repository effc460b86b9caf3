import { Card, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { Few } from "../../../shared/few.tsx";
import { FoldedFix } from "../../../shared/how-to-fix.tsx";
import type { Run } from "../../../shared/runs.tsx";
import { Bdi } from "../../../shared/strangers.tsx";
import { Resource, shortened } from "../../../shared/urn.tsx";
import { Severity } from "../../../shared/words.tsx";
import type { RunName } from "../queries.ts";
import { byResource, type Counted, policyIn, type Result } from "./grouping.ts";
import { useRemediations } from "./remediations.ts";
import { ResultLine } from "./result.tsx";

interface Props {
  /** Of the run, with what they say of their policies. */
  packs: Counted["packs"];
  results: readonly Result[];
  name: RunName;
  run: Run;
}

export function ByResource({ packs, results, name, run }: Props) {
  const groups = useMemo(() => byResource(results), [results]);
  const remediations = useRemediations(name, run, results);
  return (
    <Stack gap="xs">
      {groups.map(({ urn, results }) => (
        <Card key={urn} withBorder padding="sm" component="section" aria-label={urn}>
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
                <div>
                  <ResultLine
                    result={result}
                    of={<PolicyOf result={result} />}
                    org={name.orgName}
                    remediations={remediations}
                  />
                  {result.kind === "violated" && <FoldedFix fix={policyIn(packs, result) ?? {}} />}
                </div>
              )}
            </Few>
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}

function PolicyOf({ result: { policy, pack, version, severity } }: { result: Result }) {
  return (
    <>
      <Bdi text={shortened(policy)} />{" "}
      <Text span size="xs" c="dimmed">
        <Bdi text={`${pack} ${version}`} />
      </Text>{" "}
      <Severity of={severity} />
    </>
  );
}
