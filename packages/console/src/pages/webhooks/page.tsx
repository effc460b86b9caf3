import { Stack, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { AdminsOnly } from "../../shared/admins-only.tsx";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { Status } from "../../shared/words.tsx";
import { NewWebhook } from "./new-webhook.tsx";
import { webhooksQuery } from "./queries.ts";
import { describeFormat, describeWishes } from "./wishes.ts";

export function WebhooksPage() {
  const { isAdmin } = useOrganization();
  return (
    <Page title="Webhooks" about="Who is told of violations, updates and changes of policies.">
      {isAdmin ? <Webhooks /> : <AdminsOnly what="see its webhooks" />}
    </Page>
  );
}

function Webhooks() {
  const { name: org } = useOrganization();
  const query = useQuery(webhooksQuery(org));
  return (
    <Stack>
      <NewWebhook org={org} />
      <Loaded query={query}>
        {(webhooks) =>
          webhooks.length > 0 ? (
            <Listing minWidth={560} columns={["Webhook", "Sends to", "Format", "Told of", "Status"]}>
              {webhooks.map(({ name, displayName, payloadUrl, format, filters, groups, active }) => (
                <Table.Tr key={name}>
                  <Table.Td>
                    <Go to="/$org/settings/webhooks/$hook" params={{ org, hook: name }}>
                      {displayName || name}
                    </Go>
                  </Table.Td>
                  <Table.Td>{payloadUrl}</Table.Td>
                  <Table.Td>{describeFormat(format)}</Table.Td>
                  <Table.Td>{describeWishes({ groups, filters })}</Table.Td>
                  <Table.Td>{active ? <Status of="active" color="green" /> : <Status of="off" />}</Table.Td>
                </Table.Tr>
              ))}
            </Listing>
          ) : (
            <Empty
              title="Nobody is told of anything yet"
              command={`quillon webhook add chat --url https://… --format slack --org ${org}`}
            >
              A webhook sends a message to a chat, or to a program of yours, when a policy is violated. Make one above,
              or type:
            </Empty>
          )
        }
      </Loaded>
    </Stack>
  );
}
