import { Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { teamsQuery } from "./queries.ts";

export function TeamsPage() {
  const { name: org, isAdmin } = useOrganization();
  const query = useQuery(teamsQuery(org));
  return (
    <Page title="Teams" about="A team gives its members permissions on stacks.">
      <Stack>
        {isAdmin && <NewTeam org={org} />}
        <Loaded query={query}>
          {({ teams }) =>
            teams.length > 0 ? (
              <Listing minWidth={420} columns={["Team", "For", "Your role in it"]}>
                {teams.map(({ name, description, userRole }) => (
                  <Table.Tr key={name}>
                    <Table.Td>
                      <Go to="/$org/settings/teams/$team" params={{ org, team: name }}>
                        {name}
                      </Go>
                    </Table.Td>
                    <Table.Td>
                      {description && (
                        <Text size="sm" lineClamp={3} className="text">
                          {description}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>{userRole === "none" ? "you are not in it" : userRole}</Table.Td>
                  </Table.Tr>
                ))}
              </Listing>
            ) : (
              <Empty title="There are no teams yet" command={`quillon team add ops --org ${org}`}>
                An admin makes one, here or with:
              </Empty>
            )
          }
        </Loaded>
      </Stack>
    </Page>
  );
}

function NewTeam({ org }: { org: string }) {
  const [name, setName] = useState("");
  const make = useChange(
    () => api.call("POST /api/orgs/{orgName}/teams/pulumi", { params: { orgName: org }, body: { name } }),
    () => setName(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end">
          <TextInput label="New team" value={name} onChange={(e) => setName(e.currentTarget.value)} required />
          <Button type="submit" loading={make.isPending}>
            Make
          </Button>
        </Group>
        {make.error && <Problem error={make.error} />}
      </Stack>
    </form>
  );
}
