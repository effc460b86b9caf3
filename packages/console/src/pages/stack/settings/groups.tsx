import { Badge, Table, Text } from "@mantine/core";
import type { Api, ReplyOf } from "@quillon/contract";
import { useQuery } from "@tanstack/react-query";
import { Empty } from "../../../shared/empty.tsx";
import { Go } from "../../../shared/links.tsx";
import { Listing } from "../../../shared/listing.tsx";
import { Loaded } from "../../../shared/loaded.tsx";
import { describeMembership, explainedQuery } from "../../../shared/membership.ts";
import { useStackName } from "../queries.ts";
import { groupsOfStackQuery } from "./queries.ts";

type Explained = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks"]>;

/** Why the stack is in each group, as far as it is told: only groups with packs say so. */
function whyOf(explained: Explained | undefined): Map<string, string> {
  const groups = explained?.policyPacks.flatMap((pack) => pack.groups) ?? [];
  return new Map(groups.map(({ name, membership }) => [name, `it ${describeMembership(membership)}`]));
}

export function Groups() {
  const name = useStackName();
  const { orgName: org } = name;
  const query = useQuery(groupsOfStackQuery(name));
  const why = whyOf(useQuery(explainedQuery(name)).data);
  return (
    <Loaded query={query}>
      {({ policyGroups }) =>
        policyGroups.length > 0 ? (
          <Listing minWidth={480} columns={["Group", "Why this stack is in it", { number: "Packs" }]}>
            {policyGroups.map((group) => (
              <Table.Tr key={group.name}>
                <Table.Td>
                  <Go to="/$org/insights/policygroups/$group" params={{ org, group: group.name }}>
                    {group.name}
                  </Go>{" "}
                  {group.isOrgDefault && <Badge color="gray">default</Badge>}{" "}
                  {group.mode === "audit" && <Badge color="gray">audit</Badge>}
                </Table.Td>
                <Table.Td>
                  <Text size="sm" className="text">
                    {why.get(group.name) ??
                      (group.isOrgDefault ? "it takes in every stack" : "it lists the stack, or its rule takes it in")}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">{group.numEnabledPolicyPacks}</Table.Td>
              </Table.Tr>
            ))}
          </Listing>
        ) : (
          <Empty
            title="This stack is in no policy group"
            command={`quillon group stack add GROUP ${name.projectName}/${name.stackName} --org ${org}`}
          >
            So it must run no policy packs. A policy manager can add it to one:
          </Empty>
        )
      }
    </Loaded>
  );
}
