import { Alert, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { Command } from "../../shared/empty.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";

const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: () => api.call("GET /api/user/tokens", { query: { filter: "active" } }),
});

/** The caller's own access tokens. The value of a new one is shown once. */
export function TokensPage() {
  const query = useQuery(tokensQuery);
  return (
    <Page title="Access tokens" about="Each can do all that you can do. Revoke those that you do not use.">
      <Stack>
        <NewToken />
        <Loaded query={query}>
          {({ tokens }) => (
            <Listing minWidth={520} columns={["For", "Made", "Last used", "Expires", { hidden: "Actions" }]}>
              {tokens.map(({ id, description, created, lastUsed, expires }) => (
                <Table.Tr key={id}>
                  <Table.Td>{description || <Text c="dimmed">no description</Text>}</Table.Td>
                  <Table.Td>
                    <Time at={created} />
                  </Table.Td>
                  <Table.Td>
                    <Time at={lastUsed} />
                  </Table.Td>
                  <Table.Td>
                    <Time at={expires} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <Revoke tokenId={id} name={description || id} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Listing>
          )}
        </Loaded>
      </Stack>
    </Page>
  );
}

function Revoke({ tokenId, name }: { tokenId: string; name: string }) {
  const revoke = useChange(() => api.call("DELETE /api/user/tokens/{tokenId}", { params: { tokenId } }));
  return (
    <Confirm label="Revoke" title="Revoke the token" mutation={revoke} size="compact-xs" aria-label={`Revoke ${name}`}>
      <Text size="sm" className="text">
        What signs in with it is refused at once: <Bdi text={name} />. So are the browsers that were signed in with it.
      </Text>
    </Confirm>
  );
}

function NewToken() {
  const [description, setDescription] = useState("");
  const make = useChange(
    () => api.call("POST /api/user/tokens", { body: { description } }),
    () => setDescription(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end">
          <TextInput
            label="What the token is for"
            placeholder="the pipeline of web"
            value={description}
            onChange={({ currentTarget }) => setDescription(currentTarget.value)}
            maxLength={1000}
            required
          />
          <Button type="submit" loading={make.isPending}>
            Make a token
          </Button>
        </Group>
        {make.error && <Problem error={make.error} />}
        {make.data && (
          <Alert color="green" title="Copy it now: it is not shown again">
            <Command text={make.data.tokenValue} />
          </Alert>
        )}
      </Stack>
    </form>
  );
}
