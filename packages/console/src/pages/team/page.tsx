import { Button, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import type { Api, BodyOf } from "@quillon/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { teamQuery } from "../teams/queries.ts";

const route = getRouteApi("/signed-in/$org/settings/teams/$team");

/** Pulumi's numbers of the permissions on stacks. */
const permissions = [
  { value: "101", label: "read" },
  { value: "102", label: "write" },
  { value: "103", label: "admin" },
];

type Change = BodyOf<Api["PATCH /api/orgs/{orgName}/teams/{teamName}"]>;

interface TeamName {
  orgName: string;
  teamName: string;
}

const edit = (params: TeamName, body: Change) =>
  api.call("PATCH /api/orgs/{orgName}/teams/{teamName}", { params, body });

export function TeamPage() {
  const { org, team } = route.useParams();
  const { isAdmin } = useOrganization();
  const query = useQuery(teamQuery(org, team));
  const of = { orgName: org, teamName: team };
  const change = useChange((body: Change) => edit(of, body));
  return (
    <Page
      title={team}
      above={
        <Go to="/$org/settings/teams" params={{ org }}>
          Teams
        </Go>
      }
      about={query.data?.description}
      actions={isAdmin && query.data && <Remove org={org} team={team} />}
    >
      {change.error && <Problem error={change.error} />}
      <Loaded query={query}>
        {({ members = [], stacks = [], userRole }) => {
          const mayEdit = isAdmin || userRole === "admin";
          return (
            <Stack>
              <Title order={2}>Members</Title>
              {mayEdit && (
                <AddMember
                  add={(member, done) => change.mutate({ memberAction: "add", member }, { onSuccess: done })}
                />
              )}
              <Table maw={640}>
                <Table.Tbody>
                  {members.map(({ githubLogin, role }) => (
                    <Table.Tr key={githubLogin}>
                      <Table.Td>{githubLogin}</Table.Td>
                      <Table.Td>{role}</Table.Td>
                      <Table.Td ta="right">
                        {mayEdit && (
                          <TakeOut {...of} name={githubLogin} change={{ memberAction: "remove", member: githubLogin }}>
                            <Bdi text={githubLogin} /> loses at once what only this team gives.
                          </TakeOut>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              {members.length === 0 && (
                <Text size="sm" c="dimmed">
                  Nobody is in this team.
                </Text>
              )}
              <Title order={2}>Stacks</Title>
              {mayEdit && (
                <AddStack
                  add={(addStackPermission, done) => change.mutate({ addStackPermission }, { onSuccess: done })}
                />
              )}
              <Table maw={640}>
                <Table.Tbody>
                  {stacks.map(({ projectName, stackName, permission }) => (
                    <Table.Tr key={`${projectName}/${stackName}`}>
                      <Table.Td>
                        <Go to="/$org/$project/$stack" params={{ org, project: projectName, stack: stackName }}>
                          {projectName}/{stackName}
                        </Go>
                      </Table.Td>
                      <Table.Td>
                        {permissions.find(({ value }) => value === String(permission))?.label ?? "none"}
                      </Table.Td>
                      <Table.Td ta="right">
                        {mayEdit && (
                          <TakeOut
                            {...of}
                            name={`${projectName}/${stackName}`}
                            change={{ removeStack: { projectName, stackName } }}
                          >
                            The team's members lose at once what they may do with the stack only because of it.
                          </TakeOut>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              {stacks.length === 0 && (
                <Text size="sm" c="dimmed">
                  The team has no permission on any stack that you may read.
                </Text>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function AddMember({ add }: { add: (login: string, done: () => void) => void }) {
  const [login, setLogin] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add(login, () => setLogin(""));
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput label="Login" value={login} onChange={(e) => setLogin(e.currentTarget.value)} required />
        <Button type="submit">Add</Button>
      </Group>
    </form>
  );
}

function AddStack({ add }: { add: (grant: NonNullable<Change["addStackPermission"]>, done: () => void) => void }) {
  const [stack, setStack] = useState("");
  const [permission, setPermission] = useState<string>("101");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [projectName = "", stackName = ""] = stack.split("/");
    add({ projectName, stackName, permission: permission as "101" }, () => setStack(""));
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput
          label="Stack"
          placeholder="project/stack"
          pattern="[^\/]+\/[^\/]+"
          title="project/stack"
          value={stack}
          onChange={(e) => setStack(e.currentTarget.value)}
          required
        />
        <Select
          label="Permission"
          data={permissions}
          value={permission}
          onChange={(value) => setPermission(value ?? "101")}
          allowDeselect={false}
        />
        <Button type="submit">Give</Button>
      </Group>
    </form>
  );
}

interface TakeOutProps extends TeamName {
  /** Of a member or a stack. */
  name: string;
  change: Change;
  /** What follows. */
  children: ReactNode;
}

function TakeOut({ orgName, teamName, name, change, children }: TakeOutProps) {
  const remove = useChange(() => edit({ orgName, teamName }, change));
  return (
    <Confirm label="Remove" title={`Remove ${name}`} mutation={remove} size="compact-xs" aria-label={`Remove ${name}`}>
      <Text size="sm" className="text">
        {children}
      </Text>
    </Confirm>
  );
}

function Remove({ org, team }: { org: string; team: string }) {
  const navigate = useNavigate();
  const remove = useChange(
    () => api.call("DELETE /api/orgs/{orgName}/teams/{teamName}", { params: { orgName: org, teamName: team } }),
    () => navigate({ to: "/$org/settings/teams", params: { org } }),
  );
  return (
    <Confirm label="Remove" title={`Remove team ${team}`} mutation={remove}>
      <Text size="sm">Its permissions and its tokens end at once, and updates that run with them are cancelled.</Text>
    </Confirm>
  );
}
