import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { api, messageOf } from "../../api.ts";
import { useSession } from "../../session.ts";
import { Page } from "../../shared/page.tsx";
import { answerTo } from "./search.ts";

const route = getRouteApi("/signed-in/cli-login");

/**
 * `pulumi login` opens this page and listens on a port of this machine for an access token:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L247
 *
 * Nothing is handed over before a person has agreed, because any program on this machine, and any link, can open this page.
 */
export function CliLoginPage() {
  const { login } = useSession();
  const search = route.useSearch();
  const { cliSessionPort, cliSessionNonce, cliSessionDescription } = search;
  const navigate = useNavigate();
  const handOver = useMutation({
    mutationFn: async () => {
      const body = { description: cliSessionDescription ?? "Pulumi CLI" };
      const { tokenValue } = await api.call("POST /api/user/tokens", { body });
      window.location.assign(answerTo(search, tokenValue));
    },
  });
  if (!cliSessionPort || !cliSessionNonce)
    return (
      <Page title="Log in the Pulumi CLI">
        <Alert color="red">
          This address is not complete. Type `pulumi login` again, and open the page that it names.
        </Alert>
      </Page>
    );
  return (
    <Page title="Log in the Pulumi CLI">
      <Stack maw={560}>
        <Text>
          A Pulumi CLI on this machine wants to log in as <b>{login}</b>. It gets an access token of its own, which can
          do all that you can do, and which you can revoke under your access tokens.
        </Text>
        {cliSessionDescription && (
          <Text c="dimmed" size="sm" className="text">
            {cliSessionDescription}
          </Text>
        )}
        <Text size="sm">Agree only if you have just typed `pulumi login` yourself.</Text>
        {handOver.error && (
          <Alert color="red" role="alert">
            {messageOf(handOver.error)}
          </Alert>
        )}
        <Group>
          <Button onClick={() => handOver.mutate()} loading={handOver.isPending || handOver.isSuccess} data-autofocus>
            Log in
          </Button>
          <Button variant="default" onClick={() => void navigate({ to: "/" })}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </Page>
  );
}
