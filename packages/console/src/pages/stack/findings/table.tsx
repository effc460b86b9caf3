import { Table, Text } from "@mantine/core";
import type { Api, ReplyOf } from "@quillon/contract";
import { LetThrough } from "../../../shared/let-through.tsx";
import { Go } from "../../../shared/links.tsx";
import { Listing } from "../../../shared/listing.tsx";
import { Time } from "../../../shared/time.tsx";
import { Resource } from "../../../shared/urn.tsx";
import { Level, Severity, Status } from "../../../shared/words.tsx";
import { useStackName } from "../queries.ts";

type Finding = ReplyOf<Api["POST /api/orgs/{orgName}/policy/findings"]>["policyIssues"][number];

export function FindingsTable({ findings }: { findings: readonly Finding[] }) {
  return (
    <Listing
      minWidth={820}
      columns={["Policy", "Severity", { plain: "Level" }, "Resource", { plain: "Status" }, "First seen"]}
    >
      {findings.map((finding) => (
        <Row key={finding.id} finding={finding} />
      ))}
    </Listing>
  );
}

function Row({ finding }: { finding: Finding }) {
  const { orgName: org } = useStackName();
  const { id, policyName, policyPack, policyPackTag, message, level, severity, status, firstSeenAt } = finding;
  return (
    <Table.Tr>
      <Table.Td maw={380}>
        <Go to="/$org/insights/findings/$id" params={{ org, id }}>
          {policyName}
        </Go>{" "}
        <Text span size="xs" c="dimmed">
          {policyPack} {policyPackTag}
        </Text>
        {message && (
          <Text size="xs" c="dimmed" lineClamp={2} className="text">
            {message}
          </Text>
        )}
        <LetThrough org={org} exceptions={finding.exceptions} />
      </Table.Td>
      <Table.Td>
        <Severity of={severity} />
      </Table.Td>
      <Table.Td>
        <Level of={level} />
      </Table.Td>
      <Table.Td maw={320}>
        <Resource urn={finding.resourceURN} />
      </Table.Td>
      <Table.Td>
        <Status of={finding.exempt ? "excepted" : finding.withdrawn ? "withdrawn" : status} />
      </Table.Td>
      <Table.Td>
        <Time at={firstSeenAt} />
      </Table.Td>
    </Table.Tr>
  );
}
