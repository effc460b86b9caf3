import { Badge, Card, Group, Spoiler, Stack, Text, Title } from "@mantine/core";
import { Few } from "../../../shared/few.tsx";
import { Go } from "../../../shared/links.tsx";
import { counted } from "../../../shared/numbers.ts";
import { Resource } from "../../../shared/urn.tsx";
import { Severity } from "../../../shared/words.tsx";
import { byPolicy, type PackGroup, type PolicyGroup, type Report } from "./grouping.ts";
import type { Remediations } from "./remediations.ts";
import { ResultLine } from "./result.tsx";

interface Props {
  report: Report;
  org: string;
  remediations: Remediations;
}

export function ByPolicy({ report, org, remediations }: Props) {
  return (
    <Stack gap="lg">
      {byPolicy(report).map((group) => (
        <Pack key={`${group.pack.name} ${group.pack.version}`} group={group} org={org} remediations={remediations} />
      ))}
    </Stack>
  );
}

function Pack({ group: { pack, found, passed }, org, remediations }: Omit<Props, "report"> & { group: PackGroup }) {
  return (
    <Stack gap="xs">
      <Group gap="xs" align="baseline">
        <Title order={2}>
          {pack.required ? (
            <Go to="/$org/insights/policypacks/$pack/$version" params={{ org, pack: pack.name, version: pack.version }}>
              {pack.name} {pack.version}
            </Go>
          ) : (
            `${pack.name} ${pack.version}`
          )}
        </Title>
        {!pack.required && <Badge color="gray">brought by the client</Badge>}
      </Group>
      {pack.policies.length === 0 && (
        <Text size="sm" c="dimmed">
          It reported nothing.
        </Text>
      )}
      <Few items={found} step={25} keyOf={({ policy }) => policy.name}>
        {(one) => <Policy group={one} org={org} remediations={remediations} />}
      </Few>
      {passed.length > 0 && (
        <Spoiler maxHeight={44} showLabel="Show all that passed" hideLabel="Show fewer">
          <Text size="sm" c="dimmed" className="text">
            {counted(passed.length, "policy", "policies")} passed: {passed.map(({ name }) => name).join(", ")}
          </Text>
        </Spoiler>
      )}
    </Stack>
  );
}

function Policy({ group: { policy, results }, org, remediations }: Omit<Props, "report"> & { group: PolicyGroup }) {
  return (
    <Card withBorder padding="sm" component="section" aria-label={policy.name}>
      <Group gap="xs">
        <Text fw={600} className="text">
          {policy.name}
        </Text>
        <Severity of={policy.severity} />
        <Text size="sm" c="dimmed">
          {describe(policy)}
        </Text>
      </Group>
      {policy.description && (
        <Text size="sm" c="dimmed" className="text" lineClamp={3}>
          {policy.description}
        </Text>
      )}
      <Stack gap="sm" mt="xs">
        <Few items={results} step={10} keyOf={({ kind, urn }) => `${kind} ${urn}`}>
          {(result) => (
            <ResultLine result={result} of={<Resource urn={result.urn} />} org={org} remediations={remediations} />
          )}
        </Few>
      </Stack>
    </Card>
  );
}

function describe({ mandatory, advisory, excepted, remediated, notEvaluated, passed }: PolicyGroup["policy"]): string {
  const counts = { mandatory, advisory, excepted, remediated, "not evaluated": notEvaluated, passed };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}
