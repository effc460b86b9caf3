import { Badge, Button, Code, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Empty, ManagersEmpty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Problem } from "../../shared/loaded.tsx";
import { More } from "../../shared/more.tsx";
import { counted } from "../../shared/numbers.ts";
import { Bdi } from "../../shared/strangers.tsx";
import { membersQuery, type PolicyGroup } from "../policy-groups/queries.ts";
import { AddStacks } from "./add-stacks.tsx";
import { TakeOut } from "./take-out.tsx";

interface MembersProps {
  group: PolicyGroup;
  etag: string;
}

interface StackName {
  name: string;
  routingProject: string;
}

/** The stacks in a group, and why; adding some to its list, and taking some out of it. */
export function Members({ group, etag }: MembersProps) {
  const { name: org, isPolicyManager } = useOrganization();
  const query = useInfiniteQuery(membersQuery(org, group.name));
  const add = useAdd(group.name, etag);
  if (group.entityType === "accounts")
    return <Empty title="It takes accounts, and nothing here scans them">{group.accounts.join(", ")}</Empty>;
  return (
    <Stack>
      {group.isOrgDefault ? (
        <Text size="sm">Every stack is in it, also each new one, except those that were taken out.</Text>
      ) : (
        isPolicyManager && <AddStacks group={group} etag={etag} />
      )}
      {add.error && <Problem error={add.error} />}
      <Excluded group={group} add={add} />
      <More query={query} rowsOf={({ stacks }) => stacks}>
        {(stacks) =>
          stacks.length > 0 ? (
            <MemberTable stacks={stacks} group={group} etag={etag} />
          ) : (
            <NoMembers org={org} group={group.name} />
          )
        }
      </More>
    </Stack>
  );
}

function NoMembers({ org, group }: { org: string; group: string }) {
  const name = /\s/.test(group) ? `"${group}"` : group;
  return (
    <ManagersEmpty title="No stack is in it" command={`quillon group stack add ${name} PROJECT/STACK --org ${org}`}>
      Pick stacks above, or take in those that a rule matches (tab Rule), or type:
    </ManagersEmpty>
  );
}

type Add = ReturnType<typeof useAdd>;

function useAdd(policyGroup: string, etag: string) {
  const { name: orgName } = useOrganization();
  return useChange((addStack: StackName) =>
    api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
      params: { orgName, policyGroup },
      body: { addStack },
      headers: { "if-match": etag },
    }),
  );
}

interface MemberTableProps {
  stacks: (StackName & { source: "explicit" | "rule"; tags: Record<string, string> })[];
  group: PolicyGroup;
  etag: string;
}

function MemberTable({ stacks, group, etag }: MemberTableProps) {
  const { name: org, isPolicyManager } = useOrganization();
  return (
    <Listing minWidth={520} columns={["Stack", "Why it is in", "Tags", { hidden: "Actions" }]}>
      {stacks.map(({ name, routingProject, source, tags }) => (
        <Table.Tr key={`${routingProject}/${name}`}>
          <Table.Td>
            <Go to="/$org/$project/$stack" params={{ org, project: routingProject, stack: name }}>
              {routingProject}/{name}
            </Go>
          </Table.Td>
          <Table.Td>{whyOf(source, group)}</Table.Td>
          <Table.Td>
            <Tags tags={tags} />
          </Table.Td>
          <Table.Td ta="right">
            {isPolicyManager && source === "explicit" && (
              <TakeOut stack={{ name, routingProject }} group={group} etag={etag} />
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}

function whyOf(source: "explicit" | "rule", { isOrgDefault }: PolicyGroup): string {
  if (isOrgDefault) return "every stack is";
  return source === "rule" ? "the group's rule" : "its list";
}

const SHOWN_TAGS = 4;

/** Those that people set; the CLI's own, such as pulumi:project, say nothing new. */
function Tags({ tags }: { tags: Record<string, string> }) {
  const own = Object.entries(tags).filter(([name]) => !/^(pulumi|gitHub|vcs):/.test(name));
  return (
    <Group gap={4}>
      {own.slice(0, SHOWN_TAGS).map(([name, value]) => (
        <Badge key={name} color="gray" tt="none" miw={0} maw={220}>
          {name}:<Bdi text={value} />
        </Badge>
      ))}
      {own.length > SHOWN_TAGS && <Text size="xs">and {own.length - SHOWN_TAGS} more</Text>}
    </Group>
  );
}

/** What was taken out of the default group. */
function Excluded({ group, add }: { group: PolicyGroup; add: Add }) {
  const { isPolicyManager } = useOrganization();
  const stacks = group.excludedStacks ?? [];
  if (stacks.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>{counted(stacks.length, "stack")} taken out</Title>
      {stacks.map(({ name, routingProject }) => (
        <Group key={`${routingProject}/${name}`} gap="xs">
          <Code>
            {routingProject}/{name}
          </Code>
          {isPolicyManager && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Take in again: ${routingProject}/${name}`}
              disabled={add.isPending}
              onClick={() => add.mutate({ name, routingProject })}
            >
              Take in again
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  );
}
