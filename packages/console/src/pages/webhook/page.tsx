import { Alert, Button, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { AdminsOnly } from "../../shared/admins-only.tsx";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { webhookQuery } from "../webhooks/queries.ts";
import { describeFormat, describeWishes } from "../webhooks/wishes.ts";
import { answerOf, isAccepted } from "./answer.ts";
import { Deliveries } from "./deliveries.tsx";
import { Edit, type Webhook as WebhookOf } from "./edit.tsx";

const route = getRouteApi("/signed-in/$org/settings/webhooks/$hook");

export function WebhookPage() {
  const { org, hook } = route.useParams();
  const { isAdmin } = useOrganization();
  const query = useQuery({ ...webhookQuery(org, hook), enabled: isAdmin });
  return (
    <Page
      title={hook}
      above={
        <Go to="/$org/settings/webhooks" params={{ org }}>
          Webhooks
        </Go>
      }
      actions={isAdmin && query.data && <Remove org={org} hook={hook} />}
    >
      {isAdmin ? <Webhook org={org} hook={hook} /> : <AdminsOnly what="see its webhooks" />}
    </Page>
  );
}

function Webhook({ org, hook }: { org: string; hook: string }) {
  const query = useQuery(webhookQuery(org, hook));
  const params = { orgName: org, hookName: hook };
  const turn = useChange((active: boolean) =>
    api.call("PATCH /api/orgs/{orgName}/hooks/{hookName}", { params, body: { active } }),
  );
  const ping = useChange(() => api.call("POST /api/orgs/{orgName}/hooks/{hookName}/ping", { params }));
  return (
    <Loaded query={query}>
      {(webhook) => (
        <Stack>
          <About webhook={webhook} />
          <Group>
            <Switch
              label="Active"
              checked={webhook.active}
              disabled={turn.isPending}
              onChange={({ currentTarget }) => turn.mutate(currentTarget.checked)}
            />
            <Button size="xs" variant="default" loading={ping.isPending} onClick={() => ping.mutate()}>
              Send a test message
            </Button>
            <Edit org={org} webhook={webhook} />
          </Group>
          {turn.error && <Problem error={turn.error} />}
          {ping.error && <Problem error={ping.error} />}
          {ping.data && (
            <Alert color={isAccepted(ping.data.responseCode) ? "green" : "red"} title={answerOf(ping.data)}>
              <Text size="sm" className="text" lineClamp={4}>
                {ping.data.responseBody}
              </Text>
            </Alert>
          )}
          <Title order={2}>Last messages</Title>
          <Deliveries org={org} hook={hook} />
        </Stack>
      )}
    </Loaded>
  );
}

function About({ webhook: { payloadUrl, format, filters, groups, hasSecret } }: { webhook: WebhookOf }) {
  return (
    <Text size="sm" className="text">
      Sends {describeFormat(format)} to {payloadUrl}, {hasSecret ? "signed" : "not signed"}. It is told of:{" "}
      {describeWishes({ groups, filters })}.
    </Text>
  );
}

function Remove({ org, hook }: { org: string; hook: string }) {
  const navigate = useNavigate();
  const remove = useChange(
    () => api.call("DELETE /api/orgs/{orgName}/hooks/{hookName}", { params: { orgName: org, hookName: hook } }),
    () => navigate({ to: "/$org/settings/webhooks", params: { org } }),
  );
  return (
    <Confirm label="Remove" title={`Remove webhook ${hook}`} mutation={remove}>
      <Text size="sm">What it was not sent yet is lost.</Text>
    </Confirm>
  );
}
