import { Alert, Box, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useOrganization } from "../../session.ts";
import { HOW_TO_FIX, HowToFix, saysHowToFix } from "../../shared/how-to-fix.tsx";
import { Go, GoButton } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { useWaitingRequests, WaitingRequest } from "../../shared/waiting-request.tsx";
import { Level, Severity, Status } from "../../shared/words.tsx";
import { Facts } from "./facts.tsx";
import { type Finding, findingQuery, type Policy, readPolicy } from "./queries.ts";
import { TriageForm } from "./triage-form.tsx";

const route = getRouteApi("/signed-in/$org/insights/findings/$id");

export function FindingPage() {
  const { name: org } = useOrganization();
  const { id } = route.useParams();
  const query = useQuery(findingQuery(org, id));
  const finding = query.data?.policyIssue;
  return (
    <Page
      title={finding ? finding.policyName : "Finding"}
      above={
        <Go to="/$org/insights/findings" params={{ org }}>
          Findings
        </Go>
      }
      {...(finding && { about: <Summary finding={finding} /> })}
      {...(finding && !finding.resolvedAt && { actions: <AskForException org={org} id={id} /> })}
    >
      <Loaded query={query}>
        {({ policyIssue, policy }) => <Whole org={org} finding={policyIssue} policy={readPolicy(policy)} />}
      </Loaded>
    </Page>
  );
}

function AskForException({ org, id }: { org: string; id: string }) {
  return (
    <GoButton to="/$org/insights/new-exception" params={{ org }} search={{ finding: id }} variant="default" size="xs">
      Ask for an exception
    </GoButton>
  );
}

function Summary({ finding }: { finding: Finding }) {
  return (
    <>
      <Bdi text={finding.resourceName || "The stack"} /> in {finding.entityProject}/{finding.entityId}
    </>
  );
}

function Whole({ org, finding, policy }: { org: string; finding: Finding; policy: Policy }) {
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Status of={finding.withdrawn ? "withdrawn" : finding.status} />
        {finding.severity && <Severity of={finding.severity} />}
        <Level of={finding.level} />
      </Group>
      <Ended finding={finding} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg" miw={0}>
          <Section title="What is violated">
            <Message text={finding.message} />
            {policy.description && !finding.message?.startsWith(policy.description) && (
              <Text size="sm" c="dimmed" className="text">
                {policy.description}
              </Text>
            )}
          </Section>
          <Remedy policy={policy} />
          <Excepted org={org} finding={finding} />
          <Waiting org={org} finding={finding} />
          <Section title="Where and since when">
            <Facts org={org} finding={finding} policy={policy} />
          </Section>
        </Stack>
        <Paper withBorder p="md" component="section" style={{ alignSelf: "start" }}>
          <Title order={2} mb={4}>
            Triage
          </Title>
          <TriageForm key={finding.id} org={org} finding={finding} />
        </Paper>
      </SimpleGrid>
    </Stack>
  );
}

function Waiting({ org, finding }: { org: string; finding: Finding }) {
  const { policyPack: pack, policyName: policy, resourceURN: urn, resolvedAt } = finding;
  const request = useWaitingRequests(org)({ pack, policy, urn });
  return request && !resolvedAt ? <WaitingRequest org={org} request={request} /> : null;
}

/** In characters: what is longer scrolls. */
const SHORT = 1000;

function Message({ text = "" }: { text: string | undefined }) {
  const style = { whiteSpace: "pre-wrap", overflow: "auto" } as const;
  return (
    <Box className="text" mah={400} mb="xs" style={style} {...(text.length > SHORT && { tabIndex: 0 })}>
      {text || "The policy gave no message."}
    </Box>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section">
      <Title order={2} mb={4}>
        {title}
      </Title>
      {children}
    </Box>
  );
}

/** Why it is no open finding any more. */
function Ended({ finding }: { finding: Finding }) {
  const { withdrawn, stackRemoved, status, resolvedAt, reason, expiresAt } = finding;
  if (stackRemoved) return <Note>Its stack was removed. Another stack may have its name now.</Note>;
  if (withdrawn)
    return (
      <Note>
        It was withdrawn, because its policy need not run any more, or does not apply to the resource. The resource may
        still violate it.
      </Note>
    );
  if (status === "fixed")
    return (
      <Note>
        It was fixed <Time at={resolvedAt} />. It is opened again if the resource violates the policy again.
      </Note>
    );
  if (!reason) return null;
  return (
    <Note>
      {status === "by_design" ? "By design" : "Ignored"}, because: <Bdi text={reason} />
      <br />
      It is opened again <Time at={expiresAt} />, or when it becomes worse.
    </Note>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <Alert variant="light" color="gray" className="text">
      {children}
    </Alert>
  );
}

function Remedy({ policy }: { policy: Policy }) {
  if (!saysHowToFix(policy)) return null;
  return (
    <Section title={HOW_TO_FIX}>
      <HowToFix fix={policy} />
    </Section>
  );
}

/** The exceptions because of which it does not count. */
function Excepted({ org, finding: { exceptions = [] } }: { org: string; finding: Finding }) {
  if (exceptions.length === 0) return null;
  return (
    <Section title="Exceptions">
      {exceptions.map(({ id, reason, expiresAt }) => (
        <Text key={id} size="sm" className="text">
          <Go to="/$org/insights/exceptions/$id" params={{ org, id }}>
            {id}
          </Go>
          {reason && ": "}
          <Bdi text={reason} />
          {expiresAt && (
            <Text span inherit c="dimmed">
              {" "}
              (ends <Time at={expiresAt} />)
            </Text>
          )}
        </Text>
      ))}
    </Section>
  );
}
