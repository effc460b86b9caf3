import { Alert, Button, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import type { Role } from "@quillon/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization, useSession } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { Command } from "../../shared/empty.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Problem } from "../../shared/loaded.tsx";
import { More } from "../../shared/more.tsx";
import { Page } from "../../shared/page.tsx";
import { focusPage } from "../../shared/page-focus.ts";
import { Time } from "../../shared/time.tsx";
import { shortened } from "../../shared/urn.tsx";
import { membersQuery } from "./queries.ts";

const roles: { value: Role; label: string }[] = [
  { value: "member", label: "Member" },
  { value: "policy-manager", label: "Policy manager" },
  { value: "admin", label: "Admin" },
];
const asRole = (value: string | null) => (value ?? "member") as Role;

export function MembersPage() {
  const { name: org, isAdmin } = useOrganization();
  const query = useInfiniteQuery(membersQuery(org));
  return (
    <Page
      title="Members"
      about="A policy manager publishes packs, edits groups and agrees to exceptions. An admin does everything."
    >
      <Stack>
        {isAdmin && <Add org={org} />}
        <More query={query} rowsOf={({ members }) => members}>
          {(members) => (
            <Listing minWidth={520} columns={["Person", "Role", "Since", { hidden: "Actions" }]}>
              {members.map(({ user, fgaRole, created }) => (
                <Table.Tr key={user.githubLogin}>
                  <Table.Td>
                    <span className="text" title={user.githubLogin}>
                      {shortened(user.githubLogin)}
                    </span>
                    {user.name !== user.githubLogin && (
                      <Text size="xs" c="dimmed">
                        {shortened(user.name)}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    {isAdmin ? <RoleOf org={org} login={user.githubLogin} role={fgaRole.id} /> : fgaRole.name}
                  </Table.Td>
                  <Table.Td>
                    <Time at={created} />
                  </Table.Td>
                  <Table.Td ta="right">{isAdmin && <Remove org={org} login={user.githubLogin} />}</Table.Td>
                </Table.Tr>
              ))}
            </Listing>
          )}
        </More>
      </Stack>
    </Page>
  );
}

function RoleOf({ org, login, role }: { org: string; login: string; role: Role }) {
  const change = useChange((to: Role) =>
    api.call("PATCH /api/orgs/{orgName}/members/{userLogin}", {
      params: { orgName: org, userLogin: login },
      body: { role: to },
    }),
  );
  return (
    <Stack gap={4}>
      <Select
        aria-label={`Role of ${login}`}
        size="xs"
        w={160}
        data={roles}
        value={role}
        onChange={(value) => change.mutate(asRole(value))}
        allowDeselect={false}
        disabled={change.isPending}
      />
      {change.error && <Problem error={change.error} />}
    </Stack>
  );
}

function Remove({ org, login }: { org: string; login: string }) {
  const { login: own } = useSession();
  const name = shortened(login);
  const remove = useChange(() =>
    api.call("DELETE /api/orgs/{orgName}/members/{userLogin}", { params: { orgName: org, userLogin: login } }),
  );
  return (
    <Confirm label="Remove" title={`Remove ${name}`} mutation={remove} aria-label={`Remove ${name}`}>
      <Text size="sm" className="text">
        {login === own ? "You leave" : `${name} leaves`} {org} and its teams at once, and updates that they run are
        cancelled.
      </Text>
    </Confirm>
  );
}

/** Adds somebody who has an account on this server, or makes one for somebody who is new to it. */
function Add({ org }: { org: string }) {
  const [login, setLogin] = useState("");
  const [role, setRole] = useState<Role>("member");
  const params = { orgName: org };
  const add = useChange(() =>
    api.call("POST /api/orgs/{orgName}/members/{userLogin}", {
      params: { ...params, userLogin: login },
      body: { role },
    }),
  );
  const make = useChange(() => api.call("POST /api/orgs/{orgName}/users", { params, body: { login, role } }));
  // The button that makes them goes away.
  useEffect(() => {
    if (make.isSuccess) focusPage();
  }, [make.isSuccess]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.reset();
    add.mutate();
  };
  const isUnknown = add.error !== null && "id" in add.error && add.error.id === "user_not_found";
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end">
          <TextInput label="Login" value={login} onChange={(e) => setLogin(e.currentTarget.value)} required />
          <Select
            label="Role"
            data={roles}
            value={role}
            onChange={(value) => setRole(asRole(value))}
            allowDeselect={false}
          />
          <Button type="submit" loading={add.isPending}>
            Add
          </Button>
        </Group>
        {add.error && !make.data && <Problem error={add.error} />}
        {isUnknown && !make.data && (
          <Group>
            <Button size="xs" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
              Make a new user {login}
            </Button>
          </Group>
        )}
        {make.error && <Problem error={make.error} />}
        {make.data && (
          <Alert color="green" title={`The access token of ${make.data.login}: it is not shown again`}>
            <Command text={make.data.token} />
          </Alert>
        )}
      </Stack>
    </form>
  );
}
