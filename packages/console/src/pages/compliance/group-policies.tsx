import { Badge, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { written } from "../../shared/numbers.ts";
import { partColor } from "../../shared/part.tsx";
import { Severity } from "../../shared/words.tsx";
import { type GroupPolicy, groupPoliciesQuery } from "./queries.ts";

/** Of each policy and each policy group because of which stacks must run it, how many resources fail it. */
export function GroupPolicies({ org }: { org: string }) {
  const query = useInfiniteQuery(groupPoliciesQuery(org));
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        The policies that most resources fail come first. A stack that two groups give a pack to counts for the one
        whose entry counts.
      </Text>
      <More query={query} rowsOf={({ policies }) => policies}>
        {(policies) =>
          policies.length > 0 ? (
            <Rows org={org} policies={policies} />
          ) : (
            <Empty title="Nothing was evaluated yet" command="pulumi preview">
              What the policies of each group say appears here after the next preview or update of a stack that it takes
              in:
            </Empty>
          )
        }
      </More>
    </>
  );
}

function Rows({ org, policies }: { org: string; policies: GroupPolicy[] }) {
  return (
    <Listing
      minWidth={760}
      label="Policies by policy group"
      columns={[
        "Policy",
        { number: "Failing resources" },
        { number: "Governed resources" },
        { number: "Compliant" },
        "Severity",
        "Policy group",
      ]}
    >
      {policies.map((policy) => (
        <Row key={`${policy.policyGroupName} ${policy.policyPack} ${policy.policyName}`} org={org} of={policy} />
      ))}
    </Listing>
  );
}

function Row({ org, of }: { org: string; of: GroupPolicy }) {
  const { policyName: policy, policyPack: pack, policyGroupName: group, policyGroupType: mode } = of;
  const { severity, governedResources: governed, failingResources: failing, percentCompliant } = of;
  return (
    <Table.Tr>
      <Table.Td miw={160}>
        <Text size="sm" fw={500} className="text">
          {policy}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          <Go to="/$org/insights/policypacks/$pack" params={{ org, pack }}>
            {pack}
          </Go>
        </Text>
      </Table.Td>
      <Table.Td ta="right" fw={failing > 0 ? 600 : undefined}>
        {failing > 0 ? (
          <Go to="/$org/insights/findings" params={{ org }} search={{ pack, policy }}>
            {written(failing)}
          </Go>
        ) : (
          0
        )}
      </Table.Td>
      <Table.Td ta="right">{written(governed)}</Table.Td>
      <Table.Td ta="right" bg={partColor(governed - failing, governed)} style={{ whiteSpace: "nowrap" }}>
        {percentCompliant < 0 ? "not exercised" : `${percentCompliant} %`}
      </Table.Td>
      <Table.Td>{severity ? <Severity of={severity} /> : <Text c="dimmed">–</Text>}</Table.Td>
      <Table.Td miw={140}>
        <Go to="/$org/insights/policygroups/$group" params={{ org, group }}>
          {group}
        </Go>{" "}
        {mode === "audit" && <Badge color="gray">audit</Badge>}
      </Table.Td>
    </Table.Tr>
  );
}
