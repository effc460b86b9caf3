import { Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { written } from "../../shared/numbers.ts";
import { Time } from "../../shared/time.tsx";
import { Level, Severity } from "../../shared/words.tsx";
import { type FindingGroup, groupsQuery } from "./queries.ts";
import type { FindingFilter } from "./search.ts";

/** One row for what several stacks of a project have: a policy that the same resource violates. */
export function FindingGroups({ org, filter }: { org: string; filter: FindingFilter }) {
  const query = useInfiniteQuery(groupsQuery(org, filter));
  return (
    <More query={query} rowsOf={({ groups }) => groups}>
      {(groups) =>
        groups.length > 0 ? (
          <Groups org={org} groups={groups} filter={filter} />
        ) : (
          <Empty title="No finding matches">Take a filter away, or look at those that have ended.</Empty>
        )
      }
    </More>
  );
}

function Groups({ org, groups, filter }: { org: string; groups: FindingGroup[]; filter: FindingFilter }) {
  return (
    <Listing
      minWidth={720}
      columns={[{ plain: "Severity" }, { plain: "Policy" }, "Resource", "Project", { number: "Stacks" }, "First seen"]}
      label="Findings by resource"
    >
      {groups.map((group) => (
        <Row
          key={`${group.project} ${group.policyPack} ${group.policyName} ${group.resource}`}
          {...{ org, group, filter }}
        />
      ))}
    </Listing>
  );
}

/** Of the first stack. The stack's own resource has a name with the stack's. */
function urnOf({ project, resource, stackNames: [stack = ""] }: FindingGroup) {
  const own = resource.startsWith("pulumi:pulumi:Stack::") ? `${project}-${stack}` : "";
  return `urn:pulumi:${stack}::${project}::${resource}${own}`;
}

function Row({ org, group, filter }: { org: string; group: FindingGroup; filter: FindingFilter }) {
  const { project, policyPack: pack, policyName: policy, resourceName, resourceType, stacks, stackNames } = group;
  const { view: _, by: __, ...same } = filter;
  const urn = stacks === 1 ? { urn: urnOf(group) } : {};
  return (
    <Table.Tr>
      <Table.Td>{group.severity ? <Severity of={group.severity} /> : <Level of={group.level} />}</Table.Td>
      <Table.Td maw={320}>
        <Text size="sm" fw={500} className="text">
          {policy}
        </Text>
        <Text size="xs" c="dimmed" className="text">
          {pack}
        </Text>
      </Table.Td>
      <Table.Td maw={280}>
        <Text size="sm" lineClamp={1} className="text">
          {resourceName || "the stack"}
        </Text>
        <Text size="xs" c="dimmed" lineClamp={1} className="text">
          {resourceType}
        </Text>
      </Table.Td>
      <Table.Td>{project}</Table.Td>
      <Table.Td ta="right">
        <Go
          to="/$org/insights/findings"
          params={{ org }}
          search={{ ...same, project, pack, policy, ...urn }}
          title={stackNames.join(", ").slice(0, 1000)}
        >
          {written(stacks)}
        </Go>
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Time at={group.firstSeenAt} />
      </Table.Td>
    </Table.Tr>
  );
}
