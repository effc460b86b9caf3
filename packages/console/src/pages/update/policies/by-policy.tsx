import { Alert, Badge, Box, Button, Card, Group, Spoiler, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Few } from "../../../shared/few.tsx";
import { HOW_TO_FIX, HowToFix, saysHowToFix } from "../../../shared/how-to-fix.tsx";
import { Go } from "../../../shared/links.tsx";
import { Problem } from "../../../shared/loaded.tsx";
import { describeMembership, explainedQuery } from "../../../shared/membership.ts";
import { counted, written } from "../../../shared/numbers.ts";
import type { Run } from "../../../shared/runs.tsx";
import { Isolated } from "../../../shared/strangers.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { Severity } from "../../../shared/words.tsx";
import type { RunName } from "../queries.ts";
import type { PackGroup, PolicyGroup } from "./grouping.ts";
import { resultsQuery } from "./queries.ts";
import { useRemediations } from "./remediations.ts";
import { ResultLine } from "./result.tsx";

/** So many results of a policy are shown at first. */
const FIRST = 10;

interface Props {
  name: RunName;
  run: Run;
}

export function ByPolicy({ groups, ...of }: Props & { groups: readonly PackGroup[] }) {
  return (
    <Stack gap="lg">
      {groups.map((group) => (
        <Pack key={`${group.pack.name} ${group.pack.version}`} group={group} {...of} />
      ))}
    </Stack>
  );
}

function Pack({ group: { pack, found, passed }, ...of }: Props & { group: PackGroup }) {
  const params = { org: of.name.orgName, pack: pack.name, version: pack.version };
  return (
    <Stack gap="xs">
      <Group gap="xs" align="baseline">
        <Title order={2}>
          {pack.required ? (
            <Go to="/$org/insights/policypacks/$pack/$version" params={params}>
              {pack.name} {pack.version}
            </Go>
          ) : (
            `${pack.name} ${pack.version}`
          )}
        </Title>
        {!pack.required && <Badge color="gray">brought by the client</Badge>}
      </Group>
      {pack.required && <WhyRequired name={of.name} pack={pack.name} />}
      {pack.failure && (
        <Alert color="red" title="This policy pack made the run fail">
          <Text size="sm" className="text" style={{ whiteSpace: "pre-wrap" }}>
            {pack.failure}
          </Text>
        </Alert>
      )}
      {pack.policies.length === 0 && (
        <Text size="sm" c="dimmed">
          It reported nothing.
        </Text>
      )}
      <Few items={found} step={25} keyOf={({ policy }) => policy.name}>
        {(one) => <Policy group={one} pack={pack} {...of} />}
      </Few>
      {passed.length > 0 && (
        <Spoiler maxHeight={44} showLabel="Show all that passed" hideLabel="Show fewer">
          <Text size="sm" c="dimmed" className="text">
            {counted(passed.length, "policy", "policies")} passed: <Isolated texts={passed.map(({ name }) => name)} />
          </Text>
        </Spoiler>
      )}
    </Stack>
  );
}

/** Why the pack applies to this stack, by the policy groups as they are now. */
function WhyRequired({ name, pack }: { name: RunName; pack: string }) {
  const { data, isPending } = useQuery(explainedQuery(name));
  // Its line is kept free, so that nothing moves when it comes.
  if (isPending) return <Text size="sm">&nbsp;</Text>;
  if (!data) return null;
  const groups = data.policyPacks.find(({ name }) => name === pack)?.groups ?? [];
  return (
    <Text size="sm" c="dimmed" className="text">
      {groups.length === 0 && "No policy group of this stack has it now."}
      {groups.map(({ name: group, membership }, at) => (
        <span key={group}>
          {at === 0 ? "It applies because " : ", and "}
          <Go to="/$org/insights/policygroups/$group" params={{ org: name.orgName, group }} underline="always">
            {group}
          </Go>{" "}
          {describeMembership(membership)}
        </span>
      ))}
      {groups.length > 0 && "."}
    </Text>
  );
}

type PolicyProps = Props & { group: PolicyGroup; pack: PackGroup["pack"] };

function Policy(props: PolicyProps) {
  const { policy } = props.group;
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
      {saysHowToFix(policy) && (
        <Box mt={4}>
          <Text size="sm" fw={500}>
            {HOW_TO_FIX}
          </Text>
          <HowToFix fix={policy} />
        </Box>
      )}
      <Results {...props} />
    </Card>
  );
}

/** The worst results of a policy, and a button that reads more of them. */
function Results({ name, run, pack, group: { policy, results: worst, total } }: PolicyProps) {
  const [asked, setAsked] = useState(false);
  const filter = { pack: pack.name, version: pack.version, policy: policy.name };
  const query = useInfiniteQuery({ ...resultsQuery(name, run, filter), enabled: asked });
  const results = query.data?.pages.flatMap(({ results }) => results) ?? worst.slice(0, FIRST);
  const remediations = useRemediations(name, run, results);
  const left = total - results.length;
  const more = query.data ? query.hasNextPage : left > 0;
  return (
    <Stack gap="sm" mt="xs">
      {results.map((result) => (
        <ResultLine
          key={`${result.kind} ${result.urn}`}
          result={result}
          of={<Resource urn={result.urn} />}
          org={name.orgName}
          remediations={remediations}
        />
      ))}
      {query.error && <Problem error={query.error} retry={() => void query.refetch()} />}
      {more && (
        <Button
          variant="default"
          size="compact-sm"
          style={{ alignSelf: "start" }}
          loading={query.isFetching}
          onClick={() => (query.data ? void query.fetchNextPage() : setAsked(true))}
        >
          {results.length > 0 ? `Show more of ${written(left)}` : `Show ${counted(left, "resource")}`}
        </Button>
      )}
    </Stack>
  );
}

function describe({ mandatory, advisory, excepted, remediated, notEvaluated, passed }: PolicyGroup["policy"]): string {
  const counts = { mandatory, advisory, excepted, remediated, "not evaluated": notEvaluated, passed };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${written(count)} ${word}`)
    .join(", ");
}
