import { Code, Table, Text } from "@mantine/core";
import { FactRow } from "../../shared/fact-row.tsx";
import { Go } from "../../shared/links.tsx";
import { Time } from "../../shared/time.tsx";
import type { Finding, Policy } from "./queries.ts";

/** What is known of a finding, apart from what people say of it. */
export function Facts({ org, finding, policy }: { org: string; finding: Finding; policy: Policy }) {
  const { policyPack: pack, policyPackTag: version, policyGroupName: group, firstSeenPackTag, reopenCount } = finding;
  return (
    <Table variant="vertical" layout="fixed" verticalSpacing={4} highlightOnHover={false}>
      <Table.Tbody>
        <FactRow label="Policy pack">
          <Go to="/$org/insights/policypacks/$pack/$version" params={{ org, pack, version }}>
            {pack} {version}
          </Go>
        </FactRow>
        {policy.displayName && <FactRow label="Policy">{policy.displayName}</FactRow>}
        {policy.framework && <FactRow label="Framework">{policy.framework}</FactRow>}
        <FactRow label="Policy group">
          {group ? (
            <Go to="/$org/insights/policygroups/$group" params={{ org, group }}>
              {group}
            </Go>
          ) : (
            "no policy group requires the pack now"
          )}
          <WhyLink org={org} finding={finding} />
        </FactRow>
        <FactRow label="Stack">
          <StackLink org={org} finding={finding} />
        </FactRow>
        <FactRow label="Resource">
          {finding.resourceName || "the stack"}
          <Text size="xs" c="dimmed" className="text">
            {finding.resourceType}
          </Text>
        </FactRow>
        <FactRow label="URN">
          <Code className="text" bg="transparent" p={0}>
            {finding.resourceURN}
          </Code>
        </FactRow>
        <FactRow label="First seen">
          <Time at={finding.firstSeenAt} />
          {firstSeenPackTag !== version && `, with ${pack} ${firstSeenPackTag}`}
        </FactRow>
        <FactRow label="Last seen">
          <Time at={finding.lastSeenAt} />
          <UpdateLink org={org} finding={finding} />
        </FactRow>
        {reopenCount > 0 && <FactRow label="Came back">{reopenCount === 1 ? "once" : `${reopenCount} times`}</FactRow>}
      </Table.Tbody>
    </Table>
  );
}

/** To what the stack must run, and because of which groups. */
function WhyLink({ org, finding }: { org: string; finding: Finding }) {
  const { entityProject: project, entityId: stack, stackRemoved } = finding;
  if (stackRemoved) return null;
  return (
    <Text size="xs">
      <Go to="/$org/$project/$stack/settings" params={{ org, project, stack }}>
        Why this stack has its policies
      </Go>
    </Text>
  );
}

function StackLink({ org, finding }: { org: string; finding: Finding }) {
  const { entityProject: project, entityId: stack, stackRemoved } = finding;
  if (stackRemoved) return `${project}/${stack}, which was removed`;
  return (
    <Go to="/$org/$project/$stack" params={{ org, project, stack }}>
      {project}/{stack}
    </Go>
  );
}

function UpdateLink({ org, finding }: { org: string; finding: Finding }) {
  const { entityProject: project, entityId: stack, stackVersion, stackRemoved } = finding;
  if (stackVersion === undefined || stackRemoved) return null;
  return (
    <>
      {" in "}
      <Go
        to="/$org/$project/$stack/updates/$version"
        params={{ org, project, stack, version: String(stackVersion) }}
        underline="always"
      >
        update {stackVersion}
      </Go>
    </>
  );
}
